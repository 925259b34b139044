import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { hasLibtorrent, LoopbackSwarm, type Payload } from './__fixtures__/loopback-swarm.js';
import { memoryCeiling } from './engine-memory.js';
import { SupervisedEngine } from './supervised.engine.js';
import { EngineCrowdedError } from './torrent.errors.js';

const MiB = 1024 * 1024;
const greedy = new URL('./__fixtures__/greedy-engine.ts', import.meta.url);
const describeSwarm = hasLibtorrent ? describe : describe.skip;
if (!hasLibtorrent) it.skip('needs python3-libtorrent for a seeder that is not WebTorrent', () => undefined);

let swarm: LoopbackSwarm;
let engine: SupervisedEngine;

async function start(memory = memoryCeiling({ kind: 'file', root: '' })): Promise<void> {
  engine = new SupervisedEngine({
    store: { kind: 'file', root: path.join(swarm.folder, `engine-${Math.random()}`) },
    dht: false,
    allowPrivatePeers: true,
    logger: silentLogger(),
    entry: greedy,
    memory,
    // Memory is to end it, not silence; and a machine may be slow to give and take it.
    timing: { silenceMs: 60_000 },
    patienceMs: 60_000,
  });
  await engine.start();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}

beforeAll(async () => {
  swarm = await new LoopbackSwarm().open();
});
afterEach(() => engine.stop());
afterAll(() => swarm.close());

/** Reads a film; `halfWay` happens when half of it has come. */
async function play(payload: Payload, halfWay: () => void): Promise<string> {
  const hash = createHash('sha256');
  const range = { start: 0, end: payload.bytes.length };
  const { signal } = new AbortController();
  let position = 0;
  for await (const chunk of engine.read({ infoHash: payload.infoHash, fileIndex: 0, range, signal })) {
    const before = position;
    position += chunk.length;
    hash.update(chunk);
    if (before < range.end / 2 && position >= range.end / 2) halfWay();
  }
  return hash.digest('hex');
}

describeSwarm('F29 an engine that takes too much memory', () => {
  it.each([
    ['its heap', 'SIGUSR2'],
    ['buffers', 'SIGHUP'],
  ] as const)(
    'in %s dies alone, and the film goes on',
    async (_where, signal) => {
      const payload = await swarm.payload({ files: { 'film.mp4': 16 * MiB } });
      await swarm.seed(payload, 6_000_000);
      await start({ softBytes: 500 * MiB, hardBytes: 700 * MiB });
      await engine.add(payload);
      const { pid = 0 } = engine;
      const whole = await play(payload, () => process.kill(pid, signal));
      await until(() => engine.pid !== pid);
      expect(whole).toBe(payload.sha256);
      // It was its memory that ended it: a process that is only slow would still be there.
      expect((await engine.status(payload.infoHash))?.failure).toBeNull();
    },
    120_000,
  );

  it('is given nothing new when it nears that, and what plays goes on', async () => {
    const payload = await swarm.payload({ files: { 'film.mp4': 4 * MiB } });
    await swarm.seed(payload);
    const memory = { softBytes: Number.MAX_SAFE_INTEGER, hardBytes: Number.MAX_SAFE_INTEGER };
    await start(memory);
    await engine.add(payload);
    memory.softBytes = 1;
    expect(await refusal('b'.repeat(40))).toBeInstanceOf(EngineCrowdedError);
    await engine.add(payload);
    expect(await play(payload, () => undefined)).toBe(payload.sha256);
    memory.softBytes = Number.MAX_SAFE_INTEGER;
    await engine.add({ infoHash: 'b'.repeat(40), announce: [] });
  }, 120_000);
});

/** What joining ends with once the process has told how much it takes. */
async function refusal(infoHash: string): Promise<unknown> {
  for (;;) {
    const error: unknown = await engine.add({ infoHash, announce: [] }).catch((reason: unknown) => reason);
    if (error !== undefined) return error;
    await engine.remove(infoHash);
    await delay(20);
  }
}

it('F29 the ceiling leaves room for what the store keeps in memory', () => {
  const file = memoryCeiling({ kind: 'file', root: '' });
  const memory = memoryCeiling({ kind: 'memory', maxBytes: 4096 * MiB });
  expect(memory.softBytes - file.softBytes).toBe(4096 * MiB);
  expect(file.softBytes).toBeLessThan(file.hardBytes);
});
