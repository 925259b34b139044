import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { User } from '../../entities/user.entity.js';
import { AppError } from '../../errors/app-error.js';
import { silentLogger } from '../../logging/logger.js';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import { RedisServer } from '../../test-support/redis-server.js';
import { RedisConnection } from '../../utils/cache/redis-connection.js';
import { type Attempt, AttemptBackoff } from './attempt-backoff.js';
import { GuessBudget } from './guess-budget.js';
import { KnownDevices } from './known-devices.js';
import { ipv6SiteOf, wideNetworkOf } from './network-of.js';
import { PasswordCheck } from './password-check.js';
import { Passwords } from './passwords.js';
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
    for (let i = 0; i < 5_000; i += 1) await budget.begin(`name ${i}`, `network ${i}`).catch(() => undefined);
    expect(budget.size).toBeGreaterThanOrEqual(100);
    // And 1,024 shared records.
    expect(budget.size).toBeLessThanOrEqual(1_124);
  });
});

describe('T37 a flood of invented names', () => {
  /** Small, so that a few hundred names are a flood. */
  const smallCheck = (passwords = kinora.passwords) => {
    const now = () => kinora.clock.now;
    const budget = new GuessBudget({ now, capacity: 50 });
    const backoff = new AttemptBackoff({ now, capacity: 50 });
    const { users, sessions, knownDevices, audit } = kinora;
    const check = new PasswordCheck({ users, sessions, passwords, backoff, budget, knownDevices, audit });
    const guess = (username: string, address: string) =>
      outcome(check.check({ username, password: 'guess' }, { ...origin, address }));
    return { budget, backoff, guess };
  };

  test('does not reset what was spent on an account: no further guess is hashed until the window ends', async () => {
    const { guess } = smallCheck();
    const guessAtAna = async () => {
      const before = kinora.passwords.computed;
      for (let i = 0; i < 20; i += 1) await guess('ana', stranger(i));
      return kinora.passwords.computed - before;
    };
    expect(await guessAtAna()).toBe(10);
    for (let i = 0; i < 200; i += 1) await guess(`invented ${i}`, stranger(100 + i));
    expect(await guessAtAna()).toBe(0);
    kinora.clock.now += 15 * minute;
    expect(await guessAtAna()).toBe(10);
  });

  test('leaves no records of attempts that were refused before they were hashed', async () => {
    const passwords = new Passwords({ pepper: Buffer.alloc(32, 1), cost: 4, queueLimit: 2 });
    const { budget, backoff, guess } = smallCheck(passwords);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) => guess(`invented ${i}`, stranger(i))),
    );
    expect(outcomes.filter((code) => code === 'rate-limited').length).toBe(40 - passwords.computed);
    expect(passwords.computed).toBeLessThan(40);
    expect(budget.size).toBe(passwords.computed);
    // The name at its network, and the network.
    expect(backoff.size).toBe(2 * passwords.computed);
  });

  test('T35 that takes all room refuses new names alike, whether an account has them or not', async () => {
    const { budget, guess } = smallCheck();
    await kinora.createUser('bo', password);
    await guess('ana', stranger(0));
    for (let i = 0; i < 60_000; i += 1)
      await budget.begin(`invented ${i}`, `network ${i}`).catch(() => undefined);
    const before = kinora.passwords.computed;
    expect(await guess('bo', stranger(1))).toBe('rate-limited');
    expect(await guess('nobody', stranger(2))).toBe('rate-limited');
    expect(kinora.passwords.computed - before).toBe(0);
    // It has a budget of its own, of which nine are left.
    for (let i = 0; i < 20; i += 1) await guess('ana', stranger(3 + i));
    expect(kinora.passwords.computed - before).toBe(9);
    // Likewise a name that no account has.
    for (let i = 0; i < 20; i += 1) await guess('invented 0', stranger(100 + i));
    expect(kinora.passwords.computed - before).toBe(18);
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
    expect(ipv6SiteOf('2001:db8:1:2::1')).toBe(wideNetworkOf('2001:db8:1::1'));
    for (const address of ['203.0.113.20', '::ffff:203.0.113.99', ':', null])
      expect(ipv6SiteOf(address)).toBeNull();
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
    for (let i = 0; i < 500; i += 1) await one.begin(`invented ${i}`, `network ${i}`);
    await expect(begin(49)).rejects.toMatchObject({ code: 'rate-limited' });
    await begun[0]?.succeeded();
    await expect(begin(50)).resolves.toBeDefined();
    await expect(begin(51)).rejects.toMatchObject({ code: 'rate-limited' });
    // A store with too little memory drops keys; what this server has seen itself still counts.
    for (let i = 0; i < 10; i += 1) await one.begin('bo', `network ${i}`);
    await connections[0]?.ask((client) => client.flushAll());
    for (let i = 0; i < 20; i += 1)
      await expect(one.begin('bo', `more ${i}`)).rejects.toMatchObject({ code: 'rate-limited' });
    // Those refusals spent nothing in the store.
    await expect(two.begin('bo', 'network 1')).resolves.toBeDefined();
    await redis.kill();
    while (connections.some(({ isUp }) => isUp)) await new Promise(setImmediate);
    const more = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => one.begin('ana', `n ${i}`)));
    expect(more.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(10);
  });
});
