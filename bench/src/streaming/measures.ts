import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchSwarm } from './bench-swarm.js';
import type { Contestant, RunningContestant } from './contestants/contestant.js';
import { readTree } from './process-tree.js';
import { type RangeOptions, type RangeRead, readRange } from './range-reader.js';

/** Numbers by what they measure; names end in their unit. */
export type Sample = Record<string, number>;

export interface Round {
  contestant: Contestant;
  swarm: BenchSwarm;
  film: string;
  patienceMs: number;
  /** Seconds of steady reading; the whole film when left out. */
  sustainSeconds: number | undefined;
}

const seekBytes = 256 * 1024;
/** What a viewer looks at between two seeks, milliseconds. */
const dwellMs = 500;

/** From a .torrent: the first byte, five million bytes, then the connection is dropped and the film is read elsewhere. */
export async function measureStart(round: Round): Promise<Sample> {
  return withContestant(round, async (server) => {
    const since = performance.now();
    const url = await server.play(round.swarm, 'torrent');
    const start = await read(round, url, { from: 0, bytes: 5e6, since });
    const sample: Sample = {
      'first byte, .torrent, ms': start.firstByteMs,
      'first 5 MB, .torrent, ms': start.fiveMegabytesMs,
    };
    const size = statSync(round.film).size;
    for (const percent of [50, 90]) {
      await delay(dwellMs);
      const from = Math.floor((size * percent) / 100);
      sample[`seek to ${percent} %, ms`] = (await read(round, url, { from, bytes: seekBytes })).endMs;
    }
    await delay(dwellMs);
    sample['the last 256 KB, ms'] = (
      await read(round, url, { from: size - seekBytes, bytes: seekBytes })
    ).endMs;
    return sample;
  });
}

/** From a magnet: the first byte, then steady reading; once through, the film again from what is kept. */
export async function measureSteady(round: Round): Promise<Sample> {
  return withContestant(round, async (server) => {
    const before = readTree(server.pid).cpuSeconds;
    const since = performance.now();
    const url = await server.play(round.swarm, 'magnet');
    const { sustainSeconds } = round;
    const forMs = sustainSeconds === undefined ? {} : { forMs: sustainSeconds * 1000 };
    const steady = await read(round, url, { from: 0, since, ...forMs });
    const use = readTree(server.pid);
    const sample: Sample = {
      'first byte, magnet, ms': steady.firstByteMs,
      'sustained, MB/s': steady.megabytesPerSecond,
      'longest pause, ms': steady.longestPauseMs,
      'processor, s per GB': (use.cpuSeconds - before) / (steady.bytes / 1e9),
    };
    if (sustainSeconds === undefined) {
      await delay(1_000);
      const again = await read(round, url, { from: 0 });
      sample['second read, MB/s'] = again.megabytesPerSecond;
      sample['second read, processor, s per GB'] =
        (readTree(server.pid).cpuSeconds - use.cpuSeconds) / (again.bytes / 1e9);
    }
    sample['peak memory, MB'] = readTree(server.pid).peakMegabytes;
    return sample;
  });
}

/** Reads, and makes sure that the bytes are the film's. */
async function read(
  { film, patienceMs }: Round,
  url: string,
  options: Omit<RangeOptions, 'patienceMs'>,
): Promise<RangeRead> {
  const result = await readRange(url, { ...options, patienceMs });
  const expected = Buffer.alloc(result.head.length);
  const file = openSync(film, 'r');
  readSync(file, expected, 0, expected.length, options.from);
  closeSync(file);
  if (!result.head.equals(expected)) throw new Error(`wrong bytes at ${options.from}`);
  return result;
}

async function withContestant(
  { contestant }: Round,
  act: (server: RunningContestant) => Promise<Sample>,
): Promise<Sample> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kinora-bench-'));
  const server = await contestant.start(folder);
  try {
    return await act(server);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
