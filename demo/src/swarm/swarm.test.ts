import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import WebTorrent from 'webtorrent';
import { prepareFilm } from '../film/film.js';
import { findRequirements } from '../requirements.js';
import { Seeder, type SeederSoftware } from './seeder.js';
import { magnetLink, prepareRelease, type Release, torrentFile } from './torrent-file.js';
import { Tracker } from './tracker.js';

const SEEDERS = fileURLToPath(new URL('../../seeders', import.meta.url));

describe('the swarm', () => {
  const tracker = new Tracker();
  let folder: string;
  let python: string;
  let release: Release;
  let seeder: Seeder | null = null;
  let leech: WebTorrent | null = null;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinora-swarm-'));
    python = (await findRequirements()).python;
    const film = await prepareFilm(folder, { durationSeconds: 20, preset: 'ultrafast' });
    release = await prepareRelease({
      name: 'A.Film.2026',
      film: film.files['index-first'],
      parentFolder: folder,
    });
    await tracker.start();
  });
  afterEach(async () => {
    await new Promise<void>((resolve) => (leech === null ? resolve() : leech.destroy(() => resolve())));
    leech = null;
    await seeder?.stop();
    seeder = null;
  });
  afterAll(async () => {
    await tracker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function seed(software: SeederSoftware, uploadBytesPerSecond: number | null = null): Promise<Seeder> {
    const command: [string, string] =
      software === 'libtorrent'
        ? [python, join(SEEDERS, 'seed.py')]
        : [process.execPath, join(SEEDERS, 'seed.mjs')];
    const torrent = torrentFile(release.info, tracker.announceUrl);
    const torrents = [{ torrent, folder, infoHash: release.infoHash }];
    seeder = new Seeder({ software, command, torrents, uploadBytesPerSecond });
    await seeder.start();
    await tracker.waitForSeeders(release.infoHash, 1, 5_000);
    return seeder;
  }

  /** Downloads everything through the magnet alone. */
  async function download(): Promise<{ seconds: number; files: string[]; firstBytes: string }> {
    leech = new WebTorrent({ dht: false, lsd: false, natUpnp: false, natPmp: false, utp: false });
    const start = performance.now();
    const torrent = leech.add(magnetLink(release, tracker.announceUrl), {
      path: await mkdtemp(join(folder, 'leech-')),
    });
    await once(torrent, 'done');
    const seconds = (performance.now() - start) / 1000;
    expect(torrent.infoHash).toBe(release.infoHash);
    const film = torrent.files.find((file) => file.name.endsWith('.mp4'));
    let firstBytes = '';
    for await (const bytes of film ?? []) {
      firstBytes = Buffer.from(bytes).toString('latin1', 4, 8);
      break;
    }
    return { seconds, files: torrent.files.map((file) => file.name).sort(), firstBytes };
  }

  it.each(['libtorrent', 'webtorrent'] as const)(
    'gives a WebTorrent client the whole release from %s, by a magnet through the tracker',
    async (software) => {
      const running = await seed(software);
      const { files, firstBytes } = await download();
      expect(files).toEqual(['A.Film.2026.mp4', 'About.txt']);
      expect(firstBytes).toBe('ftyp');
      expect((await running.stats()).uploadedBytes).toBeGreaterThan(3_000_000);
    },
  );

  it.each(['libtorrent', 'webtorrent'] as const)(
    'keeps the upload of %s to its limit on loopback',
    async (software) => {
      const limit = 1_500_000;
      await seed(software, limit);
      const { seconds } = await download();
      const rate = (await stat(release.filmPath)).size / seconds;
      expect(rate).toBeLessThan(limit * 1.3);
      expect(rate).toBeGreaterThan(limit * 0.4);
    },
  );

  it('tells the tracker when a seeder stops, and not when it is killed', async () => {
    const running = await seed('libtorrent');
    await running.stop();
    expect(tracker.peers(release.infoHash).seeders).toBe(0);
    await seed('libtorrent');
    await seeder?.kill();
    expect(tracker.peers(release.infoHash).seeders).toBe(1);
  });

  it('says why when a seeder cannot run', async () => {
    const broken = new Seeder({
      software: 'libtorrent',
      command: [process.execPath, '-e', 'console.error("no luck"); process.exit(3)'],
      torrents: [],
      uploadBytesPerSecond: null,
    });
    await expect(broken.start()).rejects.toThrow('no luck');
  });
});
