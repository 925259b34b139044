import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { bencode } from './__fixtures__/bencode-writer.js';
import { ScriptedSeeder } from './__fixtures__/scripted-seeder.js';
import { SupervisedEngine } from './supervised.engine.js';

// The same swarms in simulated time, by the hundred: scheduler/hostile-swarms.test.ts.
const MiB = 1024 * 1024;
const block = 16 * 1024;
const mbPerSecond = 1_000_000;

let folder: string;
let engine: SupervisedEngine;
const seeders: ScriptedSeeder[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kinora-swarm-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  engine = new SupervisedEngine({
    store: { kind: 'memory', maxBytes: 64 * MiB },
    dht: false,
    logger: silentLogger(),
    allowPrivatePeers: true,
    timing: { silenceMs: 30_000 },
  });
  await engine.start();
});
afterEach(async () => {
  for (const seeder of seeders.splice(0)) seeder.close();
  await engine.stop();
});

function film(length: number, pieceLength: number) {
  const bytes = randomBytes(length);
  const pieces: Buffer[] = [];
  for (let at = 0; at < length; at += pieceLength)
    pieces.push(
      createHash('sha1')
        .update(bytes.subarray(at, at + pieceLength))
        .digest(),
    );
  const info = { length, name: 'film.mp4', 'piece length': pieceLength, pieces: Buffer.concat(pieces) };
  const infoHash = createHash('sha1').update(bencode(info)).digest('hex');
  return { bytes, pieceLength, infoHash, torrentFile: bencode({ info }), announce: [] };
}
type Film = ReturnType<typeof film>;

async function join(
  { infoHash, pieceLength }: Film,
  count: number,
  blockAt: (at: number, length: number) => Uint8Array | null,
  rate: number,
  network: number,
): Promise<ScriptedSeeder[]> {
  const joined = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      ScriptedSeeder.open({
        ...{ port: engine.peerPort, infoHash, pieceLength, rate, blockAt },
        address: `127.0.${network}.${n + 1}`,
      }),
    ),
  );
  seeders.push(...joined);
  return joined;
}

const honest = (of: Film) => (at: number, length: number) => of.bytes.subarray(at, at + length);

/** Reads it whole: how long that takes, and the longest wait for more, milliseconds. */
async function read({ bytes, infoHash }: Film): Promise<{ ms: number; gap: number }> {
  const { signal } = new AbortController();
  const chunks: Uint8Array[] = [];
  const began = performance.now();
  let last = began;
  let gap = 0;
  for await (const chunk of engine.read({
    infoHash,
    fileIndex: 0,
    range: { start: 0, end: bytes.length },
    signal,
  })) {
    chunks.push(chunk);
    gap = Math.max(gap, performance.now() - last);
    last = performance.now();
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  return { ms: performance.now() - began, gap };
}

it('T12 ten poisoners beside one good peer cost little time and little junk, and are shown the door', async () => {
  const clean = film(4 * MiB, block);
  await engine.add(clean);
  await join(clean, 1, honest(clean), mbPerSecond, 1);
  const alone = await read(clean);

  const poisoned = film(4 * MiB, block);
  await engine.add(poisoned);
  const bad = await join(poisoned, 10, (_at, length) => randomBytes(length), mbPerSecond, 2);
  const [good] = await join(poisoned, 1, honest(poisoned), mbPerSecond, 3);
  const among = await read(poisoned);
  const junk = bad.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  // A fifth more at most on a quiet machine.
  expect(among.ms).toBeLessThan(3 * alone.ms);
  expect(junk).toBeGreaterThan(0);
  // On a quiet machine 0.3 MiB; at most what ten peers are asked for before the first of their pieces has its hash looked at.
  expect(junk).toBeLessThan(10 * 8 * block);
  for (const { peer } of bad) expect(await peer.isClosedWithin(30_000)).toBe(true);
  expect(good?.isClosed).toBe(false);
}, 120_000);

it('T13 twenty peers that take requests and never answer hold up a good one for a moment at most', async () => {
  const wanted = film(10 * MiB, 256 * 1024);
  await engine.add(wanted);
  const silent = await join(wanted, 20, () => null, mbPerSecond, 4);
  const reading = read(wanted);
  // They are asked before there is anybody else.
  for (const { peer } of silent.slice(0, 1))
    while (!peer.messages.some(({ id }) => id === 6)) await peer.isClosedWithin(50);
  await join(wanted, 1, honest(wanted), 4 * mbPerSecond, 5);
  const { gap } = await reading;
  expect(silent.filter(({ requests }) => requests > 0).length).toBeGreaterThan(5);
  // Well below a second on a quiet machine.
  expect(gap).toBeLessThan(5_000);
}, 120_000);
