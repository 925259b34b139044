import { beforeEach, describe, expect, it } from '@jest/globals';
import { Cache } from './cache.js';
import { memoryStore } from './memory-store.js';

const freshness = { ttlMs: 1_000, staleMs: 10_000, graceMs: 5 };

describe('Cache', () => {
  let now: number;
  let cache: Cache;
  let calls: number;
  const count = () => Promise.resolve(++calls);
  const fail = () => Promise.reject(new Error('down'));

  beforeEach(() => {
    now = 1_000_000;
    calls = 0;
    cache = new Cache({ stores: [memoryStore({ maxEntries: 10 })], now: () => now });
  });

  it('asks once and serves the answer until it is too old', async () => {
    expect(await cache.wrap('k', freshness, count)).toEqual({ value: 1, stale: false });
    now += 999;
    expect(await cache.wrap('k', freshness, count)).toEqual({ value: 1, stale: false });
    now += 1;
    expect(await cache.wrap('k', freshness, count)).toEqual({ value: 2, stale: false });
  });

  it('asks once for many callers at the same time (F10)', async () => {
    const all = await Promise.all(Array.from({ length: 500 }, () => cache.wrap('k', freshness, count)));
    expect(calls).toBe(1);
    expect(new Set(all.map(({ value }) => value))).toEqual(new Set([1]));
  });

  it('serves the old value, marked, when asking again fails (F01)', async () => {
    await cache.wrap('k', freshness, count);
    now += 5_000;
    expect(await cache.wrap('k', freshness, fail)).toEqual({ value: 1, stale: true });
  });

  it('serves the old value, marked, while asking again is slow, and the new one afterwards', async () => {
    await cache.wrap('k', freshness, count);
    now += 5_000;
    let finish: (value: number) => void = () => undefined;
    const slow = () => new Promise<number>((resolve) => (finish = resolve));
    expect(await cache.wrap('k', freshness, slow)).toEqual({ value: 1, stale: true });
    finish(7);
    expect(await cache.wrap('k', freshness, count)).toEqual({ value: 7, stale: false });
    expect(calls).toBe(1);
  });

  it('fails when there is nothing to stand in, or only something far too old, and remembers no failure', async () => {
    await expect(cache.wrap('k', freshness, fail)).rejects.toThrow('down');
    await cache.wrap('k', freshness, count);
    now += 11_001;
    await expect(cache.wrap('k', freshness, fail)).rejects.toThrow('down');
    expect(await cache.wrap('k', freshness, count)).toEqual({ value: 2, stale: false });
  });

  it('asks again when the clock has gone back, instead of keeping a value for ever (F19)', async () => {
    await cache.wrap('k', freshness, count);
    now -= 3_600_000;
    expect((await cache.wrap('k', freshness, count)).value).toBe(2);
  });

  it('remembers null and empty answers', async () => {
    await cache.wrap('null', freshness, () => Promise.resolve(null));
    expect(await cache.wrap<number | null>('null', freshness, count)).toEqual({ value: null, stale: false });
  });

  it('keeps no more entries than allowed', async () => {
    for (let key = 0; key < 20; key++) await cache.wrap(String(key), freshness, count);
    expect(await cache.peek('0')).toBeNull();
    expect(await cache.peek('19')).toBe(20);
  });

  it('forgets on request', async () => {
    await cache.wrap('k', freshness, count);
    await cache.delete('k');
    expect((await cache.wrap('k', freshness, count)).value).toBe(2);
  });
});
