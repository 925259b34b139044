import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createLogger } from '../../logging/logger.js';
import { RedisServer } from '../../test-support/redis-server.js';
import { RedisConnection } from './redis-connection.js';

let redis: RedisServer;
let connection: RedisConnection | undefined;
let lines: string[];

beforeEach(async () => {
  lines = [];
  redis = await RedisServer.start();
});
afterEach(async () => {
  connection?.stop();
  await redis.dispose();
});

function make(url: string): RedisConnection {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ level: 'info', pretty: false, destination });
  connection = new RedisConnection({ url, logger });
  return connection;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('tells once that Redis is away, however many ask, and once that it is back', async () => {
  const made = make(redis.url);
  await made.start();
  await redis.kill();
  await until(() => !made.isUp);
  const asked = Array.from({ length: 100 }, () => made.ask((client) => client.get('k')));
  expect((await Promise.allSettled(asked)).every(({ status }) => status === 'rejected')).toBe(true);
  await until(() => lines.some((line) => line.includes('ECONNREFUSED')));
  await redis.begin();
  await until(() => made.isUp && lines.some((line) => line.includes('is back')));
  expect(lines.filter((line) => line.includes('is back'))).toHaveLength(1);
  // The line lost, then no connection: two troubles, a line each.
  expect(lines.length).toBeLessThanOrEqual(3);
});

it('says why a wrong password is refused, without the address it stands in', async () => {
  const admin = make(redis.url);
  await admin.start();
  await admin.ask((client) => client.configSet('requirepass', 'right'));
  admin.stop();
  const made = make(redis.url.replace('//', '//:wrong-one@'));
  await made.start();
  expect(made.isUp).toBe(false);
  expect(lines.join('')).toMatch(/WRONGPASS|invalid/);
  expect(lines.join('')).not.toContain('wrong-one');
});

it('asks nothing any more once stopped', async () => {
  const made = make(redis.url);
  await made.start();
  made.stop();
  await expect(made.ask((client) => client.get('k'))).rejects.toThrow('away');
  expect(lines).toEqual([]);
});
