import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { RedisServer } from '../../test-support/redis-server.js';
import { RedisAwayError, RedisConnection } from './redis-connection.js';
import { SwitchedRedis } from './switched-redis.js';

let one: RedisServer;
let other: RedisServer;
let redis: SwitchedRedis;

beforeEach(async () => {
  [one, other] = await Promise.all([RedisServer.start(), RedisServer.start()]);
  redis = new SwitchedRedis((url) => new RedisConnection({ url, logger: silentLogger(), patienceMs: 5_000 }));
});
afterEach(async () => {
  redis.stop();
  await Promise.all([one.dispose(), other.dispose()]);
});

async function switchTo(url: string): Promise<void> {
  await redis.switchTo(url);
  while (redis.isUp !== true) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('asks the store of the moment, also by scripts made before; without one it is away', async () => {
  const count = redis.script(`return redis.call('INCR', KEYS[1])`);
  const setTo = (value: string) => redis.ask((client) => client.set('word', value));
  const word = () => redis.ask((client) => client.get('word'));
  expect(redis.isUp).toBeNull();
  await expect(count(['n'], [])).rejects.toThrow(RedisAwayError);
  await expect(word()).rejects.toThrow(RedisAwayError);

  await switchTo(one.url);
  await setTo('one');
  expect([await count(['n'], []), await count(['n'], [])]).toEqual([1, 2]);

  await switchTo(other.url);
  expect(await word()).toBeNull();
  expect(await count(['n'], [])).toBe(1);

  await switchTo(one.url);
  expect([await word(), await count(['n'], [])]).toEqual(['one', 3]);

  await redis.switchTo(undefined);
  expect(redis.isUp).toBeNull();
  await expect(word()).rejects.toThrow(RedisAwayError);
});
