import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import type { SwarmCount } from '../../repositories/source.repository.js';
import { countLimits, nextInterval } from './count-interval.js';
import { SwarmCounts } from './swarm-counts.js';

const minute = 60_000;
const { least, first, most } = countLimits;

describe('nextInterval', () => {
  it.each<[number | null, number | null, number, number]>([
    [null, 5, 5, first],
    [first, null, 5, first],
    [first, 100, 105, 2 * first],
    [first, 100, 120, first],
    [first, 100, 160, first / 2],
    [first, 100, 20, first / 2],
    [first, 1, 2, 2 * first],
    [first, 0, 0, 2 * first],
    [least, 100, 500, least],
    [most, 100, 100, most],
  ])('after %s ms, from %s to %d: %d ms', (interval, before, now, expected) => {
    expect(nextInterval(interval, before, now)).toBe(expected);
  });
});

describe('SwarmCounts', () => {
  const hash = (at: number) => at.toString(16).padStart(40, '0');
  const one = 'udp://one.example:1/announce';
  const two = 'http://two.example/announce';
  const { signal } = new AbortController();
  let now: number;
  let asked: { tracker: string; count: number }[];
  let kept: SwarmCount[];
  let seeders: Record<string, number | null>;
  let counts: SwarmCounts;

  beforeEach(() => {
    [now, asked, kept, seeders] = [0, [], [], { [one]: 5, [two]: 8 }];
    counts = make();
  });

  const make = (trackers = [one]) =>
    new SwarmCounts({
      sources: {
        setCounts: (found) => {
          kept.push(...found);
          return Promise.resolve();
        },
      },
      scraper: {
        scrape: (tracker, infoHashes) => {
          asked.push({ tracker, count: infoHashes.length });
          const told = seeders[tracker];
          if (told === null || told === undefined) return Promise.reject(new Error('silent'));
          return Promise.resolve(infoHashes.map((infoHash) => ({ infoHash, seeders: told, leechers: 0 })));
        },
      },
      trackers,
      logger: silentLogger(),
      now: () => now,
    });
  const look = async (...hashes: string[]) => {
    counts.want(hashes.map((infoHash) => ({ infoHash, announce: [two], seeders: null })));
    await counts.count(signal);
  };

  it('counts what is looked at with every tracker once, and believes the highest', async () => {
    await look(hash(1), hash(2));
    expect(asked).toEqual([
      { tracker: one, count: 2 },
      { tracker: two, count: 2 },
    ]);
    expect(kept).toEqual([
      { infoHash: hash(1), seeders: 8, leechers: 0 },
      { infoHash: hash(2), seeders: 8, leechers: 0 },
    ]);
  });

  it('asks nobody while a count still holds, and a still swarm ever more seldom', async () => {
    await look(hash(1));
    const times: number[] = [];
    while (now < 4 * 60 * minute) {
      now += 5 * minute;
      const before = asked.length;
      await counts.count(signal);
      if (asked.length > before) times.push(now / minute);
    }
    expect(times).toEqual([30, 90, 210]);
  });

  it('asks a tracker about seventy at a time', async () => {
    counts = make([]);
    await look(...Array.from({ length: 100 }, (_, at) => hash(at)));
    expect(asked).toEqual([
      { tracker: two, count: 70 },
      { tracker: two, count: 30 },
    ]);
  });

  it('leaves a tracker that does not answer alone, twice as long each time', async () => {
    seeders[one] = null;
    const times: number[] = [];
    for (let at = 0; now < 60 * minute; at++) {
      const before = asked.filter(({ tracker }) => tracker === one).length;
      await look(hash(at));
      if (asked.filter(({ tracker }) => tracker === one).length > before) times.push(now / minute);
      now += minute;
    }
    expect(times).toEqual([0, 5, 15, 35]);
    expect(kept.every((count) => count.seeders === 8)).toBe(true);
  });

  it('remembers the two thousand looked at last', async () => {
    counts.want(
      Array.from({ length: 2_100 }, (_, at) => ({ infoHash: hash(at), announce: [two], seeders: null })),
    );
    for (let run = 0; run < 15; run++) await counts.count(signal);
    const seen = new Set(kept.map(({ infoHash }) => infoHash));
    expect(seen.size).toBe(2_000);
    expect(seen.has(hash(99))).toBe(false);
    expect(seen.has(hash(2_099))).toBe(true);
  });

  it('keeps nothing once it was stopped', async () => {
    counts.want([{ infoHash: hash(1), announce: [two], seeders: null }]);
    await counts.stop();
    await counts.count(signal);
    expect(kept).toEqual([]);
  });
});
