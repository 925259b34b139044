// Torrents as programs other than ours write them, through the real engine and a libtorrent seeder.
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bencode } from './__fixtures__/bencode-writer.js';
import { hasLibtorrent } from './__fixtures__/loopback-swarm.js';
import { PlayingEngines, play } from './__fixtures__/playing-engine.js';
import { parseTorrentFile } from './torrent-file.js';

const describeSwarm = hasLibtorrent ? describe : describe.skip;
const MiB = 1024 * 1024;
const engines = new PlayingEngines();

beforeAll(async () => {
  await engines.swarm.open();
});
afterEach(() => engines.stop());
afterAll(() => engines.swarm.close());

const start = () => engines.start({ kind: 'file', root: engines.newRoot() });

/** Most memory a process has held so far, bytes. */
async function peakMemory(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

it('a name that is no text, and keys of unexpected types, join the engine', async () => {
  const engine = await start();
  const info = { length: 40_000, name: 7, 'piece length': 16_384, pieces: Buffer.alloc(60) };
  const odd = {
    announce: ['x'],
    'announce-list': 7,
    comment: 1,
    'created by': [],
    'creation date': 'today',
    'url-list': 7,
  };
  const torrentFile = Buffer.concat([bencode({ ...odd, info }), Buffer.from('\r\ntail')]);
  const { infoHash, bytes } = parseTorrentFile(torrentFile);
  expect(bytes.length).toBe(torrentFile.length - 6);
  await engine.add({ infoHash, announce: [], torrentFile });
  const metadata = await engine.waitForMetadata(infoHash, { timeoutMs: 60_000 });
  expect(metadata).toMatchObject({ name: 'unnamed', length: 40_000 });
}, 120_000);

describeSwarm('from a seeder that is not ours', () => {
  it('a file with a flat list of trackers, odd keys and bytes after its end plays, and is passed on as it is', async () => {
    const payload = await engines.swarm.payload({ files: { 'film.mkv': 3 * MiB } });
    await engines.swarm.seed(payload);
    const { infoBytes, infoHash } = parseTorrentFile(payload.torrentFile);
    const torrentFile = Buffer.concat([
      Buffer.from(
        `d13:announce-listl${payload.announce.map((url) => `${url.length}:${url}`).join('')}e10:created byi7e4:info`,
      ),
      infoBytes,
      Buffer.from('8:url-listi7ee and more'),
    ]);
    const { announce } = parseTorrentFile(torrentFile);
    expect(announce).toEqual(payload.announce);
    const engine = await start();
    await engine.add({ infoHash, announce, torrentFile });
    expect(await play(engine, payload)).toBe(payload.sha256);
  }, 120_000);

  it.each([
    ['T07 a piece length that is no power of two', { 'piece length': 270_543, length: 7 * MiB }],
    ['T07 pieces of 64 MiB', { 'piece length': 64 * MiB, length: 300 * MiB }],
  ])(
    '%s plays, from its magnet, within the memory of the engine',
    async (_name, shape) => {
      const payload = await engines.swarm.payload({
        files: { 'film.mkv': shape.length },
        pieceLength: shape['piece length'],
      });
      await engines.swarm.seed(payload);
      const engine = await start();
      await engine.add({ infoHash: payload.infoHash, announce: payload.announce });
      await engine.waitForMetadata(payload.infoHash, { timeoutMs: 120_000 });
      expect(await play(engine, payload)).toBe(payload.sha256);
      // Where a process is replaced by a fuller one it starts anew; this one was not (the ceiling is 1.5 GB).
      expect(await peakMemory(engine.pid)).toBeLessThan(900 * MiB);
      const kept = await engine.torrentFile(payload.infoHash);
      expect(kept && parseTorrentFile(kept).infoHash).toBe(payload.infoHash);
    },
    300_000,
  );
});
