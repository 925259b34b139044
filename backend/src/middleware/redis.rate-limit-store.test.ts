import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { silentLogger } from '../logging/logger.js';
import { RedisServer } from '../test-support/redis-server.js';
import { RedisConnection } from '../utils/cache/redis-connection.js';
import { MemoryRateLimitStore } from './memory.rate-limit-store.js';
import type { RateLimitStore } from './rate-limit-store.port.js';
import { RedisRateLimitStore } from './redis.rate-limit-store.js';

const perMinute = { requests: 10, windowSeconds: 60 };

let redis: RedisServer;
let connection: RedisConnection;
const connections: RedisConnection[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  connection = await connect();
});
afterAll(async () => {
  for (const each of connections) each.stop();
  await redis.dispose();
});

async function connect(): Promise<RedisConnection> {
  const made = new RedisConnection({ url: redis.url, logger: silentLogger(), patienceMs: 500 });
  connections.push(made);
  await made.start();
  return made;
}

/** One server's limits. */
const storeOver = (scripts: RedisConnection, namespace = 'kinora') =>
  new RedisRateLimitStore({ scripts, local: new MemoryRateLimitStore(), namespace });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function allowedOf(store: RateLimitStore, key: string, times: number): Promise<number> {
  let allowed = 0;
  for (let i = 0; i < times; i += 1) if ((await store.take(key, perMinute)).allowed) allowed += 1;
  return allowed;
}

async function allowedAtOnce(store: RateLimitStore, key: string, times: number): Promise<number> {
  const verdicts = await Promise.all(Array.from({ length: times }, async () => store.take(key, perMinute)));
  return verdicts.filter(({ allowed }) => allowed).length;
}

describe('rate limits in Redis', () => {
  it('allow the whole quota at once, tell what remains, and refuse with the time to wait', async () => {
    const store = storeOver(connection);
    const verdicts = [];
    for (let i = 0; i < 11; i += 1) verdicts.push(await store.take('a', perMinute));
    expect(verdicts.map(({ remaining }) => remaining)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
    expect(verdicts[0]).toEqual({ allowed: true, remaining: 9, resetSeconds: 6 });
    expect(verdicts[10]).toEqual({ allowed: false, remaining: 0, resetSeconds: 6 });
    expect((await store.take('b', perMinute)).allowed).toBe(true);
  });

  it('cost a refused caller nothing: one more interval and they are in, however often they asked', async () => {
    const store = storeOver(connection);
    const limit = { requests: 5, windowSeconds: 1 };
    const startedAt = performance.now();
    for (let i = 0; i < 5; i += 1) await store.take('busy', limit);
    await until(async () => (await store.take('busy', limit)).allowed);
    const waited = performance.now() - startedAt;
    expect(waited).toBeGreaterThan(190);
    expect(waited).toBeLessThan(600);
  });

  it('are one for all servers that share it, also when all ask at once', async () => {
    const servers = [storeOver(connection), storeOver(await connect()), storeOver(await connect())];
    const allowed = await Promise.all(servers.map((server) => allowedAtOnce(server, 'shared', 30)));
    expect(allowed.reduce((sum, each) => sum + each)).toBe(10);
    expect(await allowedOf(storeOver(connection, 'another'), 'shared', 12)).toBe(10);
  });

  it('agree with those in memory about quotas that do not divide the window', async () => {
    for (const requests of [1, 3, 7, 37, 600]) {
      const limit = { requests, windowSeconds: 3_600 };
      const [shared, memory] = [storeOver(connection), new MemoryRateLimitStore({ now: () => 0 })];
      const took = await Promise.all(
        Array.from({ length: requests + 1 }, () => shared.take(`of ${requests}`, limit)),
      );
      const expected = Array.from({ length: requests + 1 }, () => memory.take('m', limit).allowed);
      expect(took.map(({ allowed }) => allowed)).toEqual(expected);
    }
  });

  it('T37 are forgotten when the quota is whole again', async () => {
    await storeOver(connection).take('brief', { requests: 10, windowSeconds: 1 });
    await storeOver(connection).take('longer', perMinute);
    const left = await connection.ask((client) => client.pTTL('kinora:rate:longer'));
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(6_000);
    await until(async () => (await connection.ask((client) => client.exists('kinora:rate:brief'))) === 0);
  });

  it.each(['9999999999999999', 'nan', 'rubbish', '-5'])(
    'lock nobody out for longer than a window when %s is remembered',
    async (text) => {
      await connection.ask((client) => client.set('kinora:rate:odd', text));
      const { resetSeconds } = await storeOver(connection).take('odd', perMinute);
      expect(resetSeconds).toBeLessThanOrEqual(6);
    },
  );

  it('are counted in process for a key that Redis cannot use', async () => {
    await connection.ask((client) => client.lPush('kinora:rate:list', 'x'));
    expect(await allowedOf(storeOver(connection), 'list', 30)).toBe(10);
    expect(await allowedOf(storeOver(connection), 'fine', 30)).toBe(10);
  });
});

test('T37 without Redis each server counts on from what it let through, and shares again when it is back', async () => {
  const [one, two] = [storeOver(connection), storeOver(await connect())];
  expect(await allowedOf(one, 'k', 6)).toBe(6);
  await redis.kill();
  await until(() => connections.every(({ isUp }) => !isUp));
  expect(await allowedOf(one, 'k', 50)).toBe(4);
  expect(await allowedOf(two, 'k', 50)).toBe(10);

  // Empty, and without the script.
  await redis.begin();
  await until(() => connections.every(({ isUp }) => isUp));
  expect((await allowedOf(one, 'new', 8)) + (await allowedOf(two, 'new', 8))).toBe(10);

  redis.hang();
  const startedAt = performance.now();
  expect(await allowedOf(one, 'hung', 1_000)).toBe(10);
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  redis.resume();
  await until(() => connection.isUp);
});
