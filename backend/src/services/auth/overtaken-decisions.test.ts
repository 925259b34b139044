import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { User } from '../../entities/user.entity.js';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import type { Principal } from './principal.js';

// Each decision here is made on an account as it was read, takes a while, and is then written.

let kinora: TestAuth;
let root: Principal;
const password = 'correct horse';
const unauthenticated = { code: 'unauthenticated' };

beforeEach(async () => {
  kinora = await openTestAuth();
  root = await principalOf(await kinora.createUser('root', password, 'admin'));
});

afterEach(() => kinora.dispose());

const principalOf = async (user: User): Promise<Principal> => {
  const { accessToken } = await kinora.auth.startSession(user, origin);
  return kinora.auth.authenticate(accessToken);
};
const live = (userId: string) => kinora.sessions.listLive(userId, new Date(kinora.clock.now));
const reset = (user: User, to = 'another horse') =>
  kinora.userService.update(user.id, { password: to }, root, origin);

describe('T38 a decision that an account change has overtaken', () => {
  test('1,000 sign-ins against 1,000 resets leave no session', async () => {
    let alive = 0;
    let begun = 0;
    for (let round = 0; round < 50; round += 1) {
      const users = await Promise.all(
        Array.from({ length: 20 }, (_, i) => kinora.createUser(`user-${round}-${i}`, password)),
      );
      await Promise.all(
        users.flatMap((user, i) => [
          reset(user),
          afterTurns(round % 25).then(() =>
            kinora
              .login(
                { username: user.username, password },
                { ...origin, address: `2001:db8:${round}:${i}::1` },
              )
              .then(
                () => (begun += 1),
                () => undefined,
              ),
          ),
        ]),
      );
      for (const user of users) alive += (await live(user.id)).length;
    }
    expect(alive).toBe(0);
    // Otherwise the sign-ins were not at the same time as the resets.
    expect(begun).toBeLessThan(1_000);
    // On PostgreSQL each write waits for the disk.
  }, 300_000);

  test.each<[string, (user: User) => Promise<unknown>]>([
    ['a reset password', (user) => reset(user)],
    ['disabling', (user) => kinora.userService.update(user.id, { disabled: true }, root, origin)],
    ['another role', (user) => kinora.userService.update(user.id, { role: 'admin' }, root, origin)],
    [
      'an age limit',
      (user) => kinora.userService.update(user.id, { role: 'child', ageLimit: 6 }, root, origin),
    ],
    ['deletion', (user) => kinora.userService.delete(user.id, root, origin)],
  ])('%s refuses a sign-in whose password was checked before', async (_, change) => {
    const asRead = await kinora.createUser('ana', password);
    await change(asRead);
    await expect(kinora.auth.startSession(asRead, origin)).rejects.toMatchObject(unauthenticated);
    expect(await live(asRead.id)).toEqual([]);
  });

  test('a TV that was allowed before a reset is not signed in after it', async () => {
    const ana = await kinora.createUser('ana', password);
    const approver = await principalOf(ana);
    const { deviceCode, userCode } = kinora.devices.begin(origin, null);
    await kinora.devices.decide(userCode, true, approver, origin);
    await kinora.userService.updateOwn(
      { password: 'another horse', currentPassword: password },
      approver,
      origin,
    );
    expect(await kinora.devices.redeem(deviceCode, null, origin)).toEqual({ kind: 'access_denied' });
    expect((await live(ana.id)).map(({ id }) => id)).toEqual([approver.sessionId]);
  });

  test('the session that allowed a TV must last until the TV is signed in', async () => {
    const ana = await kinora.createUser('ana', password);
    const approver = await principalOf(ana);
    await kinora.sessions.end(approver.sessionId, ana.id, 'revoked', new Date(kinora.clock.now));
    // As when the session ends between the look-up of the account and the write.
    await expect(kinora.auth.startSession(ana, origin, approver)).rejects.toMatchObject(unauthenticated);
    expect(await live(ana.id)).toEqual([]);
  });

  test('the old password changes nothing once the account was reset', async () => {
    const ana = await kinora.createUser('ana', password);
    const thief = await principalOf(ana);
    const attempts = await Promise.allSettled([
      kinora.userService.updateOwn(
        { password: 'the horse of a thief', currentPassword: password },
        thief,
        origin,
      ),
      reset(ana, 'the horse of ana'),
    ]);
    expect(attempts[1].status).toBe('fulfilled');
    const hash = (await kinora.users.findById(ana.id))?.passwordHash ?? null;
    expect(await kinora.passwords.verify('the horse of ana', hash)).toBe(true);
    expect(await live(ana.id)).toEqual([]);
  });

  test('of 100 own changes against resets none undoes the reset', async () => {
    for (let round = 0; round < 100; round += 1) {
      const ana = await kinora.createUser(`ana-${round}`, password);
      const thief = await principalOf(ana);
      await Promise.allSettled([
        afterTurns(round % 20).then(() => reset(ana, 'the horse of ana')),
        kinora.userService.updateOwn(
          { password: 'the horse of a thief', currentPassword: password },
          thief,
          origin,
        ),
      ]);
      const hash = (await kinora.users.findById(ana.id))?.passwordHash ?? null;
      expect(await kinora.passwords.verify('the horse of ana', hash)).toBe(true);
      expect(await live(ana.id)).toEqual([]);
    }
  });

  test('an administrator who was demoted while a password was hashed makes, changes and deletes nobody', async () => {
    const eve = await kinora.createUser('eve', password, 'admin');
    const ana = await kinora.createUser('ana', password);
    const acting = await principalOf(eve);
    await kinora.userService.update(eve.id, { role: 'user' }, root, origin);
    const acts = [
      kinora.userService.create({ username: 'mallory', password, role: 'admin' }, acting, origin),
      kinora.userService.update(ana.id, { password: 'another horse' }, acting, origin),
      kinora.userService.delete(ana.id, acting, origin),
    ];
    for (const outcome of await Promise.allSettled(acts))
      expect(outcome).toMatchObject({ status: 'rejected', reason: unauthenticated });
    expect(await kinora.users.findByUsername('mallory')).toBeNull();
    expect((await kinora.users.findById(ana.id))?.passwordHash).toBe(ana.passwordHash);
  });

  test('a sign-in overtaken by a reset is refused like a wrong password, and recorded', async () => {
    const ana = await kinora.createUser('ana', password);
    const refused = await Promise.all(
      Array.from({ length: 8 }, (_, turns) =>
        afterTurns(turns)
          .then(() => kinora.login({ username: 'ana', password }, { ...origin, address: `192.0.2.${turns}` }))
          .then(
            () => null,
            (error: unknown) => String(error),
          ),
      ).concat(reset(ana).then(() => null)),
    );
    const answers = new Set(refused.filter((answer) => answer !== null));
    expect([...answers].filter((answer) => !answer.includes('The name or the password is wrong.'))).toEqual(
      [],
    );
    expect(await live(ana.id)).toEqual([]);
  });
});

/** Lets the event loop turn so many times, which moves the start of what follows against what runs. */
async function afterTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
