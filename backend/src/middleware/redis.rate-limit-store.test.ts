import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { silentLogger } from '../logging/logger.js';
import { RedisServer } from '../test-support/redis-server.js';
import { RedisConnection } from '../utils/cache/redis-connection.js';
import { MemoryRateLimitStore } from './memory.rate-limit-store.js';
import type { RateLimit, RateLimitStore, RateVerdict } from './rate-limit-store.port.js';
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

async function take(store: RateLimitStore, key: string, limit: RateLimit): Promise<RateVerdict> {
  const [verdict] = await store.take([{ key, limit }]);
  if (!verdict) throw new Error('not judged');
  return verdict;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function allowedOf(store: RateLimitStore, key: string, times: number): Promise<number> {
  let allowed = 0;
  for (let i = 0; i < times; i += 1) if ((await take(store, key, perMinute)).allowed) allowed += 1;
  return allowed;
}

async function allowedAtOnce(store: RateLimitStore, key: string, times: number): Promise<number> {
  const verdicts = await Promise.all(Array.from({ length: times }, async () => take(store, key, perMinute)));
  return verdicts.filter(({ allowed }) => allowed).length;
}

describe('rate limits in Redis', () => {
  it('count a request against all its quotas in one round trip, or against none when one refuses', async () => {
    const store = storeOver(connection);
    const [wide, narrow] = [
      { key: 'wide', limit: perMinute },
      { key: 'narrow', limit: { requests: 2, windowSeconds: 60 } },
    ];
    const calls = () => connection.ask((client) => client.info('commandstats'));
    // Redis may not know the script yet.
    await take(store, 'first', perMinute);
    const before = scriptsRun(await calls());
    const verdicts = [];
    for (let i = 0; i < 4; i += 1) verdicts.push(await store.take([wide, narrow]));
    expect(scriptsRun(await calls()) - before).toBe(4);
    expect(verdicts.map((each) => each.map(({ remaining }) => remaining))).toEqual([
      [9, 1],
      [8, 0],
      [7, 0],
      [7, 0],
    ]);
    expect(verdicts.map((each) => each.every(({ allowed }) => allowed))).toEqual([true, true, false, false]);
    expect((await take(store, 'wide', perMinute)).remaining).toBe(7);
    expect(store.arrive({ key: 'wide', limit: perMinute })).toMatchObject({ counted: false, remaining: 6 });
  });

  it('allow the whole quota at once, tell what remains, and refuse with the time to wait', async () => {
    const store = storeOver(connection);
    const verdicts = [];
    for (let i = 0; i < 11; i += 1) verdicts.push(await take(store, 'a', perMinute));
    expect(verdicts.map(({ remaining }) => remaining)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]);
    expect(verdicts[0]).toEqual({ allowed: true, remaining: 9, resetSeconds: 6 });
    expect(verdicts[10]).toEqual({ allowed: false, remaining: 0, resetSeconds: 6 });
    expect((await take(store, 'b', perMinute)).allowed).toBe(true);
  });

  it('cost a refused caller nothing: one more interval and they are in, however often they asked', async () => {
    const store = storeOver(connection);
    const limit = { requests: 5, windowSeconds: 1 };
    const startedAt = performance.now();
    for (let i = 0; i < 5; i += 1) await take(store, 'busy', limit);
    await until(async () => (await take(store, 'busy', limit)).allowed);
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
        Array.from({ length: requests + 1 }, () => take(shared, `of ${requests}`, limit)),
      );
      const expected = Array.from({ length: requests + 1 }, () => memory.arrive({ key: 'm', limit }).allowed);
      expect(took.map(({ allowed }) => allowed)).toEqual(expected);
    }
  });

  it('T37 are forgotten when the quota is whole again', async () => {
    await take(storeOver(connection), 'brief', { requests: 10, windowSeconds: 1 });
    await take(storeOver(connection), 'longer', perMinute);
    const left = await connection.ask((client) => client.pTTL('kinora:rate:longer'));
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(6_000);
    await until(async () => (await connection.ask((client) => client.exists('kinora:rate:brief'))) === 0);
  });

  it.each(['9999999999999999', 'nan', 'rubbish', '-5'])(
    'lock nobody out for longer than a window when %s is remembered',
    async (text) => {
      await connection.ask((client) => client.set('kinora:rate:odd', text));
      const { resetSeconds } = await take(storeOver(connection), 'odd', perMinute);
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

/** How many scripts Redis has run. */
function scriptsRun(stats: string): number {
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}
