import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { User } from '../../entities/user.entity.js';
import { AppError } from '../../errors/app-error.js';
import { silentLogger } from '../../logging/logger.js';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import { RedisServer } from '../../test-support/redis-server.js';
import { RedisConnection } from '../../utils/cache/redis-connection.js';
import type { Attempt } from './attempt-backoff.js';
import { GuessBudget } from './guess-budget.js';
import { KnownDevices } from './known-devices.js';
import { wideNetworkOf } from './network-of.js';
import { SharedAttempts } from './shared-attempts.js';

let kinora: TestAuth;
let ana: User;
const password = 'correct horse';
const minute = 60_000;

beforeEach(async () => {
  kinora = await openTestAuth();
  ana = await kinora.createUser('ana', password);
});

afterEach(() => kinora.dispose());

const login = (
  given: string,
  address: string,
  device: Parameters<TestAuth['login']>[2] = null,
  username = 'ana',
) => kinora.login({ username, password: given }, { ...origin, address }, device);
const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'in',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );
const stranger = (i: number) => `198.${18 + (i >> 8)}.${i & 255}.7`;
const flood = async (times: number, username = 'ana') => {
  const before = kinora.passwords.computed;
  for (let i = 0; i < times; i += 1) await outcome(login(`guess ${i}`, stranger(i), null, username));
  return kinora.passwords.computed - before;
};
const deviceOf = (user: User) => kinora.knownDevices.read(kinora.knownDevices.remember(null, user));

describe('T37 guesses at one account from many networks', () => {
  test('of 120 guesses from 120 networks at most ten are hashed in fifteen minutes', async () => {
    expect(await flood(120)).toBe(10);
    kinora.clock.now += 14 * minute;
    expect(await flood(120)).toBe(0);
    kinora.clock.now += minute;
    expect(await flood(120)).toBe(10);
  });

  test('T35 are limited alike for a name that nobody has', async () => {
    expect(await flood(40, 'nobody')).toBe(10);
    expect(await outcome(login('x', stranger(999), null, 'nobody'))).toBe('rate-limited');
  });

  test('keep the owner out neither of a browser nor of a network used before', async () => {
    const home = '203.0.113.20';
    await login(password, home);
    await flood(120);
    expect(await outcome(login(password, '192.0.2.200', deviceOf(ana)))).toBe('in');
    // Another address of the provider, as after the router was restarted.
    expect(await outcome(login(password, '203.0.113.99'))).toBe('in');
    expect(await outcome(login(password, '192.0.3.200'))).toBe('rate-limited');
  });

  test('one network alone does not use up what all strangers have', async () => {
    for (let i = 0; i < 30; i += 1) await outcome(login('guess', '198.51.100.1'));
    expect(await outcome(login(password, '192.0.2.200'))).toBe('in');
  });

  test('a right password costs nothing', async () => {
    for (let i = 0; i < 30; i += 1) {
      await kinora.sessions.endAll(ana.id, 'token-reuse', new Date(kinora.clock.now));
      expect(await outcome(login(password, stranger(i)))).toBe('in');
    }
  });

  test('from the owner’s own network do not keep the owner out of a known browser', async () => {
    const home = '203.0.113.20';
    await login(password, home);
    for (let i = 0; i < 60; i += 1) await outcome(login('guess', home));
    expect(await outcome(login(password, home))).toBe('rate-limited');
    expect(await outcome(login(password, home, deviceOf(ana)))).toBe('in');
  });

  test('from a known browser are slowed like any', async () => {
    const device = deviceOf(ana);
    const before = kinora.passwords.computed;
    for (let i = 0; i < 60; i += 1) await outcome(login('guess', stranger(i), device));
    expect(kinora.passwords.computed - before).toBe(11);
  });

  test('names that are guessed at stay bounded', async () => {
    const budget = new GuessBudget({ now: () => 0, capacity: 100 });
    for (let i = 0; i < 1_000; i += 1) await budget.begin(`name ${i}`, '198.51.100.0/24');
    expect(budget.size).toBe(100);
  });
});

describe('T37 the mark of a known browser', () => {
  test('is worth nothing when forged, for another account, or after a new password', async () => {
    const bo = await kinora.createUser('bo', password);
    const cookie = kinora.knownDevices.remember(null, ana);
    const device = kinora.knownDevices.read(cookie);
    expect(kinora.knownDevices.isKnown(device, ana)).toBe(true);
    expect(kinora.knownDevices.isKnown(device, bo)).toBe(false);
    expect(kinora.knownDevices.isKnown(device, null)).toBe(false);
    expect(kinora.knownDevices.isKnown(device, { id: ana.id, passwordHash: 'x' })).toBe(false);
    const ofAnother = new KnownDevices(Buffer.alloc(32, 1)).remember(null, ana);
    for (const forged of [undefined, '', '~', 'a.b', `x${cookie}`, ofAnother, `${cookie}~`.repeat(99)])
      expect(kinora.knownDevices.read(forged)).toBeNull();
    const swapped = kinora.knownDevices.read(cookie.replace(ana.id, bo.id));
    expect(kinora.knownDevices.isKnown(swapped, bo)).toBe(false);
  });

  test('a browser remembers the five accounts that used it last', () => {
    let device = null;
    for (let i = 0; i < 7; i += 1)
      device = kinora.knownDevices.read(
        kinora.knownDevices.remember(device, { id: `user-${i}`, passwordHash: 'x' }),
      );
    expect([...(device?.marks.keys() ?? [])]).toEqual(['user-6', 'user-5', 'user-4', 'user-3', 'user-2']);
  });

  test('networks are those that providers hand out', () => {
    expect(wideNetworkOf('203.0.113.20')).toBe(wideNetworkOf('::ffff:203.0.113.99'));
    expect(wideNetworkOf('203.0.113.20')).not.toBe(wideNetworkOf('203.0.114.20'));
    expect(wideNetworkOf('2001:db8:1:2::1')).toBe(wideNetworkOf('2001:db8:1:ffff::1'));
    expect(wideNetworkOf('2001:db8:1::1')).not.toBe(wideNetworkOf('2001:db8:2::1'));
    expect(wideNetworkOf(null)).toBe('unknown');
  });
});

describe('guesses that several servers count together', () => {
  let redis: RedisServer;
  const connections: RedisConnection[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    for (const connection of connections) connection.stop();
    await redis.dispose();
  });

  const server = async (): Promise<GuessBudget> => {
    const connection = new RedisConnection({ url: redis.url, logger: silentLogger(), patienceMs: 2_000 });
    connections.push(connection);
    await connection.start();
    const shared = new SharedAttempts({ scripts: connection, namespace: 'n', secret: Buffer.alloc(32, 7) });
    return new GuessBudget({ now: () => kinora.clock.now, shared });
  };

  test('T37 ten in all, whichever server is asked; what succeeded is given back; without the store each goes on', async () => {
    const [one, two] = [await server(), await server()];
    const begin = (i: number) => (i % 2 ? one : two).begin('ana', `network ${i}`);
    const begun: Attempt[] = [];
    for (let i = 0; i < 40; i += 1)
      await begin(i).then(
        (attempt) => begun.push(attempt),
        () => undefined,
      );
    expect(begun).toHaveLength(10);
    await begun[0]?.succeeded();
    await expect(begin(50)).resolves.toBeDefined();
    await expect(begin(51)).rejects.toMatchObject({ code: 'rate-limited' });
    await redis.kill();
    while (connections.some(({ isUp }) => isUp)) await new Promise(setImmediate);
    const more = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => one.begin('ana', `n ${i}`)));
    expect(more.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(10);
  });
});
