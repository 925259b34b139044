import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Cache } from './cache.js';
import { cacheKeys } from './cache-key.js';
import { memoryStore } from './memory-store.js';
import { sqliteStore } from './sqlite-store.js';

const numbered = cacheKeys<unknown>('test');
const keyOf = (name: string) => numbered([name]);

const freshness = { ttlMs: 1_000, staleMs: 60_000 };

describe('a store in a SQLite file', () => {
  let folder: string;
  let opened: { close: () => void }[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kinora-cache-'));
    opened = [];
  });
  afterEach(() => {
    for (const { close } of opened) close();
    rmSync(folder, { recursive: true, force: true });
  });

  const make = (more: Partial<Parameters<typeof sqliteStore>[0]> = {}) => {
    const made = sqliteStore({ file: join(folder, 'cache.sqlite'), namespace: 'a:', ...more });
    opened.push(made);
    return made;
  };
  const cacheOver = (made: ReturnType<typeof sqliteStore>) =>
    new Cache({ stores: [memoryStore({ maxEntries: 10 }), made.store] });
  const fail = () => Promise.reject(new Error('the origin is away'));

  it('remembers over a restart, also what has become old while the origin is away', async () => {
    let now = Date.now();
    const first = cacheOver(make());
    await first.wrap(keyOf('home'), freshness, () => Promise.resolve(['Sintel']));
    now += 5_000;
    const later = new Cache({ stores: [memoryStore({ maxEntries: 10 }), make().store], now: () => now });
    expect(await later.wrap(keyOf('home'), freshness, fail)).toEqual({ value: ['Sintel'], stale: true });
  });

  it('keeps apart what belongs to another namespace', async () => {
    await cacheOver(make()).wrap(keyOf('home'), freshness, () => Promise.resolve(1));
    await expect(cacheOver(make({ namespace: 'b:' })).wrap(keyOf('home'), freshness, fail)).rejects.toThrow(
      'away',
    );
  });

  it('begins anew with a file that is no database (F36)', async () => {
    writeFileSync(join(folder, 'cache.sqlite'), 'rubbish '.repeat(1_000));
    const cache = cacheOver(make());
    await cache.wrap(keyOf('home'), freshness, () => Promise.resolve(2));
    expect(await cacheOver(make()).wrap(keyOf('home'), freshness, fail)).toEqual({ value: 2, stale: false });
  });

  it('forgets all when its folder is not there, and fails nobody', async () => {
    const cache = new Cache({ stores: [make({ file: join(folder, 'none', 'cache.sqlite') }).store] });
    expect(await cache.wrap(keyOf('home'), freshness, () => Promise.resolve(3))).toEqual({
      value: 3,
      stale: false,
    });
    expect(await cache.wrap(keyOf('home'), freshness, () => Promise.resolve(4))).toEqual({
      value: 4,
      stale: false,
    });
  });

  it('holds no more entries than it may', async () => {
    const { store } = make({ maxEntries: 100 });
    for (let i = 0; i < 1_000; i += 1) await store.set(`key ${i}`, 'x'.repeat(200), 60_000 + i);
    const left = await Promise.all(Array.from({ length: 1_000 }, (_, i) => store.get(`key ${i}`)));
    expect(left.filter((value) => value !== undefined).length).toBeLessThanOrEqual(100 + 500);
    expect(await store.get('key 999')).toBeDefined();
    expect(statSync(join(folder, 'cache.sqlite')).size).toBeLessThan(1_000_000);
  });
});
