import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';
import { crampedDisk } from '../../test-support/cramped-disk.js';
import { SmallS3Server } from '../../test-support/s3-server.js';
import { hasLibtorrent } from './__fixtures__/loopback-swarm.js';
import { PlayingEngines, play, until, withoutSwarm } from './__fixtures__/playing-engine.js';
import { RangeServer } from './__fixtures__/range-server.js';
import type { SupervisedEngine } from './supervised.engine.js';
import { parseTorrentFile } from './torrent-file.js';

const describeSwarm = hasLibtorrent ? describe : describe.skip;
if (!hasLibtorrent) it.skip('needs python3-libtorrent for a seeder that is not WebTorrent', () => undefined);

const MiB = 1024 * 1024;

// Real swarms take a while on a busy machine.
jest.setTimeout(90_000);

const world = new PlayingEngines();
const { swarm } = world;

beforeAll(() => swarm.open());
afterAll(() => swarm.close());
afterEach(() => world.stop());

describeSwarm('engines over one object store', () => {
  let s3: SmallS3Server;
  let server: RangeServer | null = null;
  beforeAll(async () => {
    s3 = await new SmallS3Server().start();
  });
  afterEach(async () => {
    await server?.close();
    server = null;
    s3.isUp = true;
    s3.capacity = Infinity;
  });
  afterAll(() => s3.stop());

  it.each(['s3', 'tiered'] as const)(
    'play without the swarm what another has fetched (%s), and from the swarm what is not as it was',
    async (kind) => {
      const settings = (): ChunkStoreSettings => {
        const shared = { memoryBytes: 4 * MiB, s3: s3.settings };
        return kind === 's3' ? { kind, ...shared } : { kind, root: world.newRoot(), ...shared };
      };
      const payload = await swarm.payload({ files: { 'film.mp4': 8 * MiB }, pieceLength: 256 * 1024 });
      await swarm.seed(payload);
      const [one, two] = [await world.start(settings()), await world.start(settings())];
      await one.add(payload);
      expect(await play(one, payload)).toBe(payload.sha256);
      const stored = () => [...s3.objects.keys()].filter((key) => key.includes(payload.infoHash));
      await until(() => Promise.resolve(stored().length === 32));
      await one.stop();

      await two.add(withoutSwarm(payload));
      expect(await play(two, payload)).toBe(payload.sha256);
      await two.remove(payload.infoHash);

      const [damaged = ''] = stored().filter((key) => key.endsWith('/17'));
      s3.objects.set(damaged, Buffer.alloc(256 * 1024, 1));
      const three = await world.start(settings());
      await three.add(payload);
      expect(await play(three, payload)).toBe(payload.sha256);
      await three.remove(payload.infoHash, { deleteData: true });
      expect(stored()).toEqual([]);
    },
  );

  it('plays from the swarm while the object store is away, fetches nothing twice, and claims nothing of it later', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 12 * MiB }, pieceLength: 256 * 1024 });
    const film = parseTorrentFile(payload.torrentFile).metadata.name;
    const web = await new RangeServer().open();
    server = web;
    web.keep(`/${film}`, payload.bytes);
    const torrent = { ...withoutSwarm(payload), webSeeds: [`${web.url}/${film}`] };
    const settings: ChunkStoreSettings = { kind: 's3', memoryBytes: 16 * MiB, s3: s3.settings };
    const webSeeds = { userAgent: 'Kinora/test', allowedHosts: ['127.0.0.1'] };
    const progress = async (engine: SupervisedEngine) =>
      (await engine.progress(payload.infoHash, 0)).downloadedBytes;
    const one = await world.start(settings, { webSeeds });
    s3.isUp = false;
    await one.add(torrent);
    let hasPaused = false;
    const played = await play(one, payload, async (position) => {
      if (hasPaused || position < MiB) return;
      hasPaused = true;
      await until(async () => (await progress(one)) === 12 * MiB);
      // Four uploads at a time, each tried four times, and then told to be lost.
      await until(() => s3.refused >= 20);
      expect(await progress(one)).toBe(12 * MiB);
    });
    expect(played).toBe(payload.sha256);
    expect((await one.status(payload.infoHash))?.failure).toBeNull();
    expect(web.sentBytes).toBeLessThan(14 * MiB);
    await one.stop();
    s3.isUp = true;

    const two = await world.start(settings, { webSeeds });
    await two.add(withoutSwarm(payload));
    await two.waitForMetadata(payload.infoHash, { timeoutMs: 60_000 });
    const stored = [...s3.objects.keys()].filter((key) => key.includes(payload.infoHash));
    expect(await progress(two)).toBe(stored.length * 256 * 1024);
    await two.add(torrent);
    expect(await play(two, payload)).toBe(payload.sha256);
  });

  it('F24 goes on without trouble where this disk is full and the bucket is not, and the other way round', async () => {
    const disk = await crampedDisk(1_000_000);
    if (!disk) return;
    try {
      const payload = await swarm.payload({ files: { 'film.mp4': 8 * MiB }, pieceLength: 256 * 1024 });
      await swarm.seed(payload);
      const tiered = (root: string): ChunkStoreSettings => ({
        kind: 'tiered',
        root,
        memoryBytes: 2 * MiB,
        s3: s3.settings,
      });
      const one = await world.start(tiered(disk.directory));
      await one.add(payload);
      expect(await play(one, payload)).toBe(payload.sha256);
      expect(await one.status(payload.infoHash)).toMatchObject({ storageTrouble: null, unstoredBytes: 0 });
      const stored = () => [...s3.objects.keys()].filter((key) => key.includes(payload.infoHash)).length;
      await until(() => stored() === 32);
      await one.remove(payload.infoHash, { deleteData: true });
      expect(stored()).toBe(0);

      s3.capacity = [...s3.objects.values()].reduce((sum, { length }) => sum + length, MiB);
      const two = await world.start(tiered(world.newRoot()));
      await two.add(payload);
      expect(await play(two, payload)).toBe(payload.sha256);
      expect(await two.status(payload.infoHash)).toMatchObject({ storageTrouble: null, unstoredBytes: 0 });
      await two.remove(payload.infoHash);
      await two.add(withoutSwarm(payload));
      expect(await play(two, payload)).toBe(payload.sha256);
    } finally {
      await world.stop();
      await disk.dispose();
    }
  });
});
