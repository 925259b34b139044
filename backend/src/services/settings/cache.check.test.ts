import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { RedisServer } from '../../test-support/redis-server.js';
import { checkCache } from './cache.check.js';

let redis: RedisServer;

beforeEach(async () => {
  redis = await RedisServer.start();
});
afterEach(() => redis.dispose());

it('says whether a Redis answers, and neither name nor password when it does not', async () => {
  expect(await checkCache(redis.url)).toMatchObject({ verdict: 'ok' });
  await redis.kill();
  const finding = await checkCache(redis.url.replace('//', '//ada:hush@'));
  expect(finding).toMatchObject({ verdict: 'broken', mayPass: true });
  expect(finding.text).not.toMatch(/ada|hush/);
});
