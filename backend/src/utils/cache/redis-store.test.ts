import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { RedisServer } from '../../test-support/redis-server.js';
import { Cache } from './cache.js';
import { cacheKeys } from './cache-key.js';
import { memoryStore } from './memory-store.js';
import { RedisConnection } from './redis-connection.js';
import { redisStore } from './redis-store.js';

const numbered = cacheKeys<number | null>('test');
const keyOf = (name: string) => numbered([name]);

const freshness = { ttlMs: 60_000, staleMs: 60_000, graceMs: 5 };

let redis: RedisServer;
const connections: RedisConnection[] = [];
let calls: number;
const count = () => Promise.resolve(++calls);

beforeEach(async () => {
  calls = 0;
  redis = await RedisServer.start();
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.stop();
  await redis.dispose();
});

/** Patient, as a busy machine is not a slow Redis. */
async function connect(patienceMs = 5_000): Promise<RedisConnection> {
  const connection = new RedisConnection({ url: redis.url, logger: silentLogger(), patienceMs });
  connections.push(connection);
  await connection.start();
  return connection;
}

/** A server's cache: its memory over the shared store. */
const cacheOver = (connection: RedisConnection, namespace = 'kinora') =>
  new Cache({ stores: [memoryStore({ maxEntries: 10 }), redisStore({ connection, namespace })] });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a cache over Redis', () => {
  it('is shared by servers of one namespace and by no other', async () => {
    const [one, two, other] = [
      cacheOver(await connect()),
      cacheOver(await connect()),
      cacheOver(await connect(), 'b'),
    ];
    await one.wrap(keyOf('k'), freshness, count);
    expect(await two.wrap(keyOf('k'), freshness, count)).toEqual({ value: 1, stale: false });
    expect(await other.wrap(keyOf('k'), freshness, count)).toEqual({ value: 2, stale: false });
    await two.clear();
    expect(await two.peek(keyOf('k'))).toBeNull();
    expect(await other.peek(keyOf('k'))).toBe(2);
  });

  it('keeps in memory what it read there, and nothing there for ever', async () => {
    const connection = await connect();
    await cacheOver(connection).wrap(keyOf('k'), freshness, count);
    const cache = cacheOver(await connect());
    await cache.wrap(keyOf('k'), freshness, count);
    const left = await connection.ask((client) => client.pTTL(`kinora:${keyOf('k').name}`));
    expect(left).toBeGreaterThan(100_000);
    expect(left).toBeLessThanOrEqual(120_000);
    await redis.kill();
    expect(await cache.wrap(keyOf('k'), freshness, count)).toEqual({ value: 1, stale: false });
  });

  it.each([
    ['cut short', '{"value":{"value":1,"stor'],
    ['of another shape', '{"value":{"rows":[]},"expires":99999999999999}'],
    ['that is no object', '7'],
    ['of null', '{"value":null,"expires":99999999999999}'],
  ])('drops an entry %s and asks the origin (F09)', async (_what, text) => {
    const connection = await connect();
    await connection.ask((client) => client.set(`kinora:${keyOf('k').name}`, text));
    const cache = cacheOver(connection);
    expect(await cache.peek(keyOf('k'))).toBeNull();
    expect(await connection.ask((client) => client.exists(`kinora:${keyOf('k').name}`))).toBe(0);
    expect(await cache.wrap(keyOf('k'), freshness, count)).toEqual({ value: 1, stale: false });
  });

  it('goes to the origin at once, once per key, while Redis is down, and shares again when it is back (F09)', async () => {
    const connection = await connect();
    const cache = cacheOver(connection);
    await redis.kill();
    await until(() => !connection.isUp);
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 500 }, () => cache.wrap(keyOf('k'), freshness, count)));
    expect(calls).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(3_000);

    await redis.begin();
    await until(() => connection.isUp);
    await cache.wrap(keyOf('other'), freshness, count);
    const reader = await connect();
    await until(() => reader.isUp);
    expect(await cacheOver(reader).peek(keyOf('other'))).toBe(2);
  });

  it('waits for a Redis that hangs once, then goes around it, and shares again when it answers (F09)', async () => {
    const connection = await connect(500);
    const cache = cacheOver(connection);
    redis.hang();
    expect((await cache.wrap(keyOf('first'), freshness, count)).value).toBe(1);
    expect(connection.isUp).toBe(false);
    const startedAt = performance.now();
    for (let key = 0; key < 100; key++) await cache.wrap(keyOf(String(key)), freshness, count);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    redis.resume();
    await until(() => connection.isUp);
    await cache.wrap(keyOf('other'), freshness, count);
    expect(await cacheOver(await connect()).peek(keyOf('other'))).toBe(102);
  });

  it('starts without Redis, soon, and uses it when it comes', async () => {
    await redis.kill();
    const startedAt = performance.now();
    const connection = await connect();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect((await cacheOver(connection).wrap(keyOf('k'), freshness, count)).value).toBe(1);
    await redis.begin();
    await until(() => connection.isUp);
  });
});
