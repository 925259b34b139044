// What hostile peers may cost: time of the process, and memory.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { bencode } from './__fixtures__/bencode-writer.js';
import { extended, RawPeer, words } from './__fixtures__/raw-peer.js';
import { ScriptedSeeder } from './__fixtures__/scripted-seeder.js';
import { attacks } from './__fixtures__/wire-attacks.js';
import { SupervisedEngine } from './supervised.engine.js';

const MiB = 1024 * 1024;
const infoHash = 'd1a3'.repeat(10);
const folder = await mkdtemp(path.join(tmpdir(), 'kinora-floods-'));
const engine = new SupervisedEngine({
  store: { kind: 'file', root: folder },
  dht: false,
  logger: silentLogger(),
  allowPrivatePeers: true,
  timing: { silenceMs: 30_000 },
});

beforeAll(async () => {
  await engine.start();
  await engine.add({ infoHash, announce: [] });
});
afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Bytes the engine's process has in memory. */
async function resident(): Promise<number> {
  const [, pages = '0'] = (await readFile(`/proc/${engine.pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * 4_096;
}
const onLinux = process.platform === 'linux' ? it : it.skip;

async function meet(address: string): Promise<RawPeer> {
  const peer = await RawPeer.open(engine.peerPort, infoHash, address);
  expect(await peer.isGreetedWithin(30_000)).toBe(true);
  return peer;
}

it('T02 every attack there is, five times over, neither holds the process up nor slows another torrent', async () => {
  const { pid } = engine;
  const bytes = randomBytes(4 * MiB);
  const info = {
    ...{ length: bytes.length, name: 'film.mp4', 'piece length': bytes.length },
    pieces: createHash('sha1').update(bytes).digest(),
  };
  const film = createHash('sha1').update(bencode(info)).digest('hex');
  await engine.add({ infoHash: film, announce: [], torrentFile: bencode({ info }) });
  const seeder = await ScriptedSeeder.open({
    ...{ port: engine.peerPort, infoHash: film, pieceLength: bytes.length, rate: 1_000_000 },
    blockAt: (at, length) => bytes.subarray(at, at + length),
  });
  const reading = (async () => {
    const range = { start: 0, end: bytes.length };
    const chunks: Uint8Array[] = [];
    for await (const chunk of engine.read({
      ...{ infoHash: film, fileIndex: 0, range },
      signal: new AbortController().signal,
    }))
      chunks.push(chunk);
    return Buffer.concat(chunks);
  })();
  let longest = 0;
  const over = new AbortController();
  const pulse = (async () => {
    while (!over.signal.aborted) {
      const asked = performance.now();
      await engine.status(infoHash);
      longest = Math.max(longest, performance.now() - asked);
      await delay(10);
    }
  })();
  for (let round = 0; round < 5; round += 1) {
    const peers = await Promise.all(attacks.map((_attack, n) => meet(`127.0.${round + 1}.${n + 1}`)));
    await Promise.all(
      attacks.map(async ([, bytes, closes], n) => {
        peers[n]?.send(bytes);
        if (closes) expect(await peers[n]?.isClosedWithin(30_000)).toBe(true);
        peers[n]?.close();
      }),
    );
  }
  expect((await reading).equals(bytes)).toBe(true);
  over.abort();
  await pulse;
  seeder.close();
  expect(engine.pid).toBe(pid);
  // A tenth of it on a quiet machine.
  expect(longest).toBeLessThan(2_500);
}, 120_000);

onLinux(
  'T04 a peer that declares 4 GiB and sends 300 MB is cut off, and none of it is kept',
  async () => {
    const { pid } = engine;
    const before = await resident();
    const peer = await meet('127.0.10.1');
    peer.send(words(0xfffffff0));
    let sent = 0;
    const part = Buffer.alloc(64 * 1024);
    while (sent < 300_000_000 && !peer.socket.destroyed) {
      sent += part.length;
      if (peer.socket.write(part)) continue;
      // It may be reset while it waits.
      const gone = peer.isClosedWithin(30_000);
      await Promise.race([once(peer.socket, 'drain').catch(() => undefined), gone]);
    }
    expect(await peer.isClosedWithin(30_000)).toBe(true);
    // What the buffers of the connection hold at most, in both directions.
    expect(sent).toBeLessThan(20 * MiB);
    expect((await resident()) - before).toBeLessThan(20 * MiB);
    expect(engine.pid).toBe(pid);
  },
  60_000,
);

onLinux(
  'T04 a hundred peers that trickle into the largest message there may be hold no more than that',
  async () => {
    const before = await resident();
    const peers = await Promise.all(Array.from({ length: 100 }, (_, n) => meet(`127.0.11.${n + 1}`)));
    // Declared to take 1 MiB; a tenth of it comes.
    for (const peer of peers) peer.send(Buffer.concat([words(MiB), Buffer.alloc(MiB / 10)]));
    for (let look = 0; look < 5; look += 1) await engine.status(infoHash);
    expect((await resident()) - before).toBeLessThan(100 * MiB);
    for (const peer of peers) peer.close();
  },
  60_000,
);

onLinux(
  'T17 two hundred peers that offer metadata of ten megabytes, or of four, cost less than 64 MiB',
  async () => {
    const before = await resident();
    const offer = (size: number) => extended(0, `d1:md11:ut_metadatai1ee13:metadata_sizei${size}ee`);
    const greedy = await Promise.all(Array.from({ length: 100 }, (_, n) => meet(`127.0.12.${n + 1}`)));
    for (const peer of greedy) peer.send(offer(9_999_999));
    for (const peer of greedy) expect(await peer.isClosedWithin(30_000)).toBe(true);
    const large = await Promise.all(Array.from({ length: 100 }, (_, n) => meet(`127.0.13.${n + 1}`)));
    for (const peer of large) peer.send(offer(4 * MiB));
    const asked = () =>
      large.filter(({ messages }) => messages.some(({ id, payload }) => id === 20 && payload[0] === 1));
    while (asked().length < 8) await delay(20);
    await delay(500);
    expect(asked()).toHaveLength(8);
    expect((await resident()) - before).toBeLessThan(64 * MiB);
    for (const peer of large) peer.close();
  },
  60_000,
);
