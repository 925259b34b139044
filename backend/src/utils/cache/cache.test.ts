import { beforeEach, describe, expect, it } from '@jest/globals';
import { Cache } from './cache.js';
import { cacheKeys } from './cache-key.js';
import { memoryStore } from './memory-store.js';

const numbered = cacheKeys<number | null>('test');
const keyOf = (name: string) => numbered([name]);

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
    expect(await cache.wrap(keyOf('k'), freshness, count)).toEqual({ value: 1, stale: false });
    now += 999;
    expect(await cache.wrap(keyOf('k'), freshness, count)).toEqual({ value: 1, stale: false });
    now += 1;
    expect(await cache.wrap(keyOf('k'), freshness, count)).toEqual({ value: 2, stale: false });
  });

  it('asks once for many callers at the same time (F10)', async () => {
    const all = await Promise.all(
      Array.from({ length: 500 }, () => cache.wrap(keyOf('k'), freshness, count)),
    );
    expect(calls).toBe(1);
    expect(new Set(all.map(({ value }) => value))).toEqual(new Set([1]));
  });

  it('serves the old value, marked, when asking again fails (F01)', async () => {
    await cache.wrap(keyOf('k'), freshness, count);
    now += 5_000;
    expect(await cache.wrap(keyOf('k'), freshness, fail)).toEqual({ value: 1, stale: true });
  });

  it('serves the old value, marked, while asking again is slow, and the new one afterwards', async () => {
    await cache.wrap(keyOf('k'), freshness, count);
    now += 5_000;
    let finish: (value: number) => void = () => undefined;
    const slow = () => new Promise<number>((resolve) => (finish = resolve));
    expect(await cache.wrap(keyOf('k'), freshness, slow)).toEqual({ value: 1, stale: true });
    finish(7);
    expect(await cache.wrap(keyOf('k'), freshness, count)).toEqual({ value: 7, stale: false });
    expect(calls).toBe(1);
  });

  it('fails when there is nothing to stand in, or only something far too old, and remembers no failure', async () => {
    await expect(cache.wrap(keyOf('k'), freshness, fail)).rejects.toThrow('down');
    await cache.wrap(keyOf('k'), freshness, count);
    now += 11_001;
    await expect(cache.wrap(keyOf('k'), freshness, fail)).rejects.toThrow('down');
    expect(await cache.wrap(keyOf('k'), freshness, count)).toEqual({ value: 2, stale: false });
  });

  it('asks again when the clock has gone back, instead of keeping a value for ever (F19)', async () => {
    await cache.wrap(keyOf('k'), freshness, count);
    now -= 3_600_000;
    expect((await cache.wrap(keyOf('k'), freshness, count)).value).toBe(2);
  });

  it('remembers null and empty answers', async () => {
    await cache.wrap(keyOf('null'), freshness, () => Promise.resolve(null));
    expect(await cache.wrap<number | null>(keyOf('null'), freshness, count)).toEqual({
      value: null,
      stale: false,
    });
  });

  it('keeps no more entries than allowed', async () => {
    for (let key = 0; key < 20; key++) await cache.wrap(keyOf(String(key)), freshness, count);
    expect(await cache.peek(keyOf('0'))).toBeNull();
    expect(await cache.peek(keyOf('19'))).toBe(20);
  });

  it('forgets on request', async () => {
    await cache.wrap(keyOf('k'), freshness, count);
    await cache.delete(keyOf('k'));
    expect((await cache.wrap(keyOf('k'), freshness, count)).value).toBe(2);
  });

  describe('that there is nothing', () => {
    const absent = { ...freshness, absentMs: 200 };
    const nothing = () => Promise.resolve(null);

    it('is believed for a while of its own', async () => {
      await cache.wrap(keyOf('k'), absent, nothing);
      now += 199;
      expect((await cache.wrap(keyOf('k'), absent, count)).value).toBeNull();
      now += 1;
      expect(await cache.wrap(keyOf('k'), absent, count)).toEqual({ value: 1, stale: false });
      now += 999;
      expect((await cache.wrap(keyOf('k'), absent, count)).value).toBe(1);
    });

    it('never stands in for an answer that does not come', async () => {
      await cache.wrap(keyOf('k'), absent, nothing);
      now += 201;
      await expect(cache.wrap(keyOf('k'), absent, fail)).rejects.toThrow('down');
    });
  });

  describe('a tag', () => {
    const tagged = (name: string, ...tags: string[]) => numbered([name], tags);

    it('lets go of all that has it, in every scope, and of nothing else', async () => {
      const scope = cache.scoped('other');
      for (const part of [cache, scope]) {
        await part.wrap(tagged('a', 'film:1', 'user:1'), freshness, count);
        await part.wrap(tagged('b', 'film:2'), freshness, count);
      }
      now += 1;
      await cache.letGo('film:1');
      now += 1;
      expect((await cache.wrap(tagged('a', 'film:1', 'user:1'), freshness, count)).value).toBe(5);
      expect((await scope.wrap(tagged('a', 'film:1', 'user:1'), freshness, count)).value).toBe(6);
      expect((await cache.wrap(tagged('b', 'film:2'), freshness, count)).value).toBe(2);
      now += 500;
      expect((await cache.wrap(tagged('a', 'film:1', 'user:1'), freshness, count)).value).toBe(5);
    });

    it('makes what was let go of not even stand in', async () => {
      await cache.wrap(tagged('a', 'film:1'), freshness, count);
      await cache.letGo('film:1');
      await expect(cache.wrap(tagged('a', 'film:1'), freshness, fail)).rejects.toThrow('down');
    });

    it('does not take what was being fetched before for what is known after', async () => {
      let finish: (value: number) => void = () => undefined;
      let asked: () => void = () => undefined;
      const hasAsked = new Promise<void>((resolve) => (asked = resolve));
      const slow = () =>
        new Promise<number>((resolve) => {
          finish = resolve;
          asked();
        });
      const before = cache.wrap(tagged('a', 'film:1'), freshness, slow);
      // Now what it asks about changes.
      await hasAsked;
      now += 1;
      await cache.letGo('film:1');
      now += 1;
      const after = cache.wrap(tagged('a', 'film:1'), freshness, count);
      finish(99);
      expect((await before).value).toBe(99);
      expect((await after).value).toBe(1);
      now += 1;
      expect((await cache.wrap(tagged('a', 'film:1'), freshness, count)).value).not.toBe(99);
    });

    it('is heard of by another server within seconds', async () => {
      const shared = memoryStore({ maxEntries: 100 });
      const server = () => new Cache({ stores: [memoryStore({ maxEntries: 100 }), shared], now: () => now });
      const [one, two] = [server(), server()];
      await one.wrap(tagged('a', 'film:1'), { ...freshness, ttlMs: 60_000 }, count);
      await two.wrap(tagged('a', 'film:1'), { ...freshness, ttlMs: 60_000 }, count);
      now += 1;
      await one.letGo('film:1');
      now += 5_000;
      expect((await two.wrap(tagged('a', 'film:1'), { ...freshness, ttlMs: 60_000 }, count)).value).toBe(2);
    });
  });

  it('tells what each area had (hit rates)', async () => {
    const told: string[] = [];
    const onLookup = (outcome: string, area: string) => told.push(`${area} ${outcome}`);
    cache = new Cache({ stores: [memoryStore({ maxEntries: 10 })], now: () => now, onLookup });
    const [search, home] = [cacheKeys<number>('search'), cacheKeys<number>('home')];
    await cache.wrap(search(['a']), freshness, count);
    await cache.wrap(search(['a']), freshness, count);
    await cache.wrap(home(['a']), freshness, count);
    now += 5_000;
    await cache.wrap(home(['a']), freshness, count);
    expect(told).toEqual(['search miss', 'search fresh', 'home miss', 'home stale']);
  });

  it('keeps keys apart whatever is in their parts', () => {
    const key = cacheKeys<number>('search');
    const names = [key(['a:b', 'c']), key(['a', 'b:c']), key(['a', 'b', 'c']), key([null]), key(['null'])];
    expect(new Set(names.map(({ name }) => name)).size).toBe(5);
  });
});
