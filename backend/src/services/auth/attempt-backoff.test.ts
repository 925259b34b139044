import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../../logging/logger.js';
import { RedisServer } from '../../test-support/redis-server.js';
import { RedisConnection } from '../../utils/cache/redis-connection.js';
import { AttemptBackoff } from './attempt-backoff.js';
import { TooManyAttemptsError } from './auth.errors.js';
import { SharedAttempts } from './shared-attempts.js';

let clock: number;
let backoff: AttemptBackoff;

beforeEach(() => {
  clock = 1_000_000;
  backoff = new AttemptBackoff({ now: () => clock, freePerSubject: 3, freePerAddress: 8, capacity: 100 });
});

const home = '192.0.2.1';
const fail = async (subject: string, address = home, times = 1) => {
  for (let i = 0; i < times; i += 1) await backoff.begin(subject, address);
};

describe('attempts', () => {
  test('after the free failures each one doubles the wait, up to a minute', async () => {
    await fail('ana', home, 3);
    const waits: (number | null)[] = [];
    for (let i = 0; i < 9; i += 1) {
      await fail('ana', home);
      const wait = await waitOf('ana');
      waits.push(wait);
      clock += (wait ?? 0) * 1000;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(await waitOf('ana', '192.0.2.2')).toBeNull();
  });

  test('a success forgives', async () => {
    await fail('ana', home, 2);
    await (await backoff.begin('ana', home)).succeeded();
    await fail('ana', home, 3);
    expect(await isBlocked('ana')).toBe(false);
  });

  test('many at once are no way around', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => backoff.begin('ana', home)));
    // Three are free, and the fourth begins the wait.
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  });

  test('an hour of rest forgives', async () => {
    await fail('ana', home, 4);
    clock += 3_600_000;
    await fail('ana', home, 3);
    expect(await isBlocked('ana')).toBe(false);
  });

  test('T37 going through names from one address is slowed down too', async () => {
    for (let i = 0; i < 9; i += 1) await fail(`name-${i}`);
    expect(await isBlocked('another')).toBe(true);
    expect(await isBlocked('another', '192.0.2.2')).toBe(false);
  });

  test('T37 an IPv6 network of 64 bits is one address, and mapped IPv4 is IPv4', async () => {
    for (let i = 0; i < 4; i += 1) await fail('ana', `2001:db8::${i}`);
    expect(await isBlocked('ana', '2001:db8::ffff:1')).toBe(true);
    expect(await isBlocked('ana', '2001:db8:0:1::1')).toBe(false);
    for (let i = 0; i < 4; i += 1) await fail('bob', '::ffff:192.0.2.9');
    expect(await isBlocked('bob', '192.0.2.9')).toBe(true);
  });

  test('T37 what is remembered stays bounded, and the address that floods is not forgotten', async () => {
    for (let i = 0; i < 8; i += 1) await fail(`name-${i}`);
    for (let i = 0; i < 5_000; i += 1) {
      await waitOf(`random-${i}`);
    }
    expect(backoff.size).toBeLessThanOrEqual(100);
    expect(await isBlocked('yet another')).toBe(true);
  });

  test('T37 a flood from other addresses does not end a wait, nor take the room of known browsers', async () => {
    await fail('ana', home, 4);
    for (let i = 0; i < 3; i += 1) await backoff.beginKnown('device ana');
    for (let i = 0; i < 5_000; i += 1) await waitOf(`random-${i}`, `198.18.${i >> 8}.${i & 255}`);
    expect(await isBlocked('ana')).toBe(true);
    await backoff.beginKnown('device ana');
    await expect(backoff.beginKnown('device ana')).rejects.toBeInstanceOf(TooManyAttemptsError);
    await expect(backoff.beginKnown('device bo')).resolves.toBeDefined();
    // Subjects and addresses, each with 1,024 shared records; and the browsers.
    expect(backoff.size).toBeLessThanOrEqual(2 * (100 + 1_024) + 2);
    clock += 3_600_000;
    await fail('ana', home, 3);
    expect(await isBlocked('ana')).toBe(false);
  });

  test('an attempt that was never checked does not count, and leaves no record', async () => {
    for (let i = 0; i < 20; i += 1) await (await backoff.begin('ana', home)).withdraw();
    expect(backoff.size).toBe(0);
    await fail('ana', home, 3);
    await (await backoff.begin('ana', home)).withdraw();
    clock += 1_000;
    await fail('ana', home);
    expect(await waitOf('ana')).toBe(1);
  });
});

describe('attempts that several servers count together', () => {
  let redis: RedisServer;
  const connections: RedisConnection[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    for (const connection of connections) connection.stop();
    await redis.dispose();
  });

  const secret = Buffer.alloc(32, 7);
  const server = async (namespace: string): Promise<AttemptBackoff> => {
    const connection = new RedisConnection({ url: redis.url, logger: silentLogger(), patienceMs: 2_000 });
    connections.push(connection);
    await connection.start();
    const shared = new SharedAttempts({ scripts: connection, namespace, secret });
    return new AttemptBackoff({ now: () => clock, freePerSubject: 3, freePerAddress: 8, shared });
  };

  test('T37 guesses at one server are failures at all of them; elsewhere the owner gets in', async () => {
    const [one, two] = [await server('both'), await server('both')];
    for (let i = 0; i < 4; i += 1) await (i % 2 ? one : two).begin('ana', home);
    expect(await isBlocked('ana', home, one)).toBe(true);
    expect(await isBlocked('ana', home, two)).toBe(true);
    expect(await isBlocked('ana', '192.0.2.2', two)).toBe(false);
    expect(await isBlocked('ana', home, await server('others'))).toBe(false);
    for (let i = 0; i < 8; i += 1) await one.begin(`name-${i}`, '192.0.2.3');
    expect(await isBlocked('name-9', '192.0.2.3', two)).toBe(false);
    expect(await isBlocked('name-10', '192.0.2.3', two)).toBe(true);
  });

  test('many at once, at two servers, are no way around; a success forgives everywhere', async () => {
    const [one, two] = [await server('at once'), await server('at once')];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).begin('ana', home)),
    );
    const begun = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(begun).toHaveLength(4);
    await begun[0]?.value.succeeded();
    for (let i = 0; i < 3; i += 1) expect(await isBlocked('ana', home, i % 2 ? one : two)).toBe(false);
  });

  test('an attempt that was never checked counts nowhere', async () => {
    const [one, two] = [await server('withdrawn'), await server('withdrawn')];
    for (let i = 0; i < 3; i += 1) await (await one.begin('ana', home)).withdraw();
    for (let i = 0; i < 4; i += 1) expect(await isBlocked('ana', home, two)).toBe(false);
    expect(await isBlocked('ana', home, one)).toBe(true);
  });

  test('T48 what is remembered names nobody, and ends within the hour', async () => {
    const backoff = await server('names');
    await backoff.begin('a password in the wrong field', home);
    const [connection] = connections;
    const keys = (await connection?.ask((client) => client.keys('names*'))) ?? [];
    expect(keys).toHaveLength(2);
    expect(keys.join(' ')).not.toMatch(/password|192\.0\.2/);
    for (const key of keys) {
      const left = (await connection?.ask((client) => client.pTTL(key))) ?? 0;
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(3_600_000);
    }
  });

  test('T37 without the store each server goes on from what it has seen itself', async () => {
    const backoff = await server('away');
    await backoff.begin('ana', home);
    await backoff.begin('ana', home);
    await redis.kill();
    while (connections.some(({ isUp }) => isUp)) await new Promise((resolve) => setTimeout(resolve, 5));
    await backoff.begin('ana', home);
    await backoff.begin('ana', home);
    expect(await isBlocked('ana', home, backoff)).toBe(true);
  });
});

const isBlocked = async (subject: string, address = home, of = backoff): Promise<boolean> =>
  (await waitOf(subject, address, of)) !== null;

/** Seconds to wait, or null when the attempt may be made (it then counts as one). */
async function waitOf(subject: string, address = home, of = backoff): Promise<number | null> {
  try {
    await of.begin(subject, address);
    return null;
  } catch (error) {
    if (error instanceof TooManyAttemptsError) return error.retryAfterSeconds ?? 0;
    throw error;
  }
}
