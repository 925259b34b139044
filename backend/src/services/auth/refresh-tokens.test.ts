import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Session } from '../../entities/session.entity.js';
import type { User } from '../../entities/user.entity.js';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import { fc } from '../../test-support/properties.js';

let kinora: TestAuth;
let user: User;

beforeEach(async () => {
  kinora = await openTestAuth();
  user = await kinora.createUser('ana', 'correct horse');
});

afterEach(() => kinora.dispose());

const day = 24 * 60 * 60_000;
const refused = { code: 'unauthenticated' };
const signIn = async () => (await kinora.auth.startSession(user, origin)).refresh.token;
const refresh = async (token: string) => (await kinora.auth.refresh(token, origin)).refresh.token;

describe('T34 refresh tokens', () => {
  test('are rotated on every use, and carry the session on', async () => {
    let token = await signIn();
    for (let i = 0; i < 5; i += 1) {
      const next = await refresh(token);
      expect(next).not.toBe(token);
      token = next;
    }
    expect(await kinora.auth.listSessions(user.id)).toHaveLength(1);
  });

  test('are not in the database', async () => {
    const token = await signIn();
    const secret = String(token.split('.')[2]);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const rows = JSON.stringify(await kinora.database.reader.find(Session));
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
  });

  test('50 parallel refreshes: one successor for all, nobody signed out, one family', async () => {
    const token = await signIn();
    const successors = new Set(await Promise.all(Array.from({ length: 50 }, () => refresh(token))));
    expect(successors.size).toBe(1);
    const [session, ...others] = await kinora.database.reader.find(Session);
    expect(others).toEqual([]);
    expect(session).toMatchObject({ generation: 1, revokedAt: null });
    kinora.clock.now += 15 * 60_000;
    await expect(refresh(String([...successors][0]))).resolves.toBeDefined();
  });

  test('a spent one within the grace is answered with the current one, also two rotations later', async () => {
    const first = await signIn();
    kinora.clock.now += 60_000;
    const second = await refresh(first);
    kinora.clock.now += 4_000;
    const third = await refresh(second);
    kinora.clock.now += 6_000;
    expect(await refresh(first)).toBe(third);
    // About to be handed to other tabs as well, so it stays for a moment.
    expect(await refresh(third)).toBe(third);
    kinora.clock.now += 10_001;
    expect(await refresh(third)).not.toBe(third);
  });

  test('re-use 11 s later ends the whole family and is recorded', async () => {
    const first = await signIn();
    const { accessToken, refresh: next } = await kinora.auth.refresh(first, origin);
    const ended: string[] = [];
    const principal = await kinora.auth.authenticate(accessToken);
    kinora.rights.hold(principal, () => ended.push(principal.sessionId));
    kinora.clock.now += 11_000;
    await expect(refresh(first)).rejects.toMatchObject(refused);
    await expect(refresh(next.token)).rejects.toMatchObject(refused);
    await expect(kinora.auth.authenticate(accessToken)).rejects.toMatchObject(refused);
    const [session] = await kinora.database.reader.find(Session);
    expect(session).toMatchObject({ revokedReason: 'token-reuse' });
    expect(ended).toEqual([session?.id]);
    expect(await kinora.actions()).toEqual(['session.created', 'session.token-reused']);
    expect((await kinora.audit.list({ page: 1, pageSize: 1 })).items[0]).toMatchObject({
      outcome: 'denied',
      actorName: 'ana',
    });
  });

  test('re-use of one spent long ago ends the family even right after a rotation', async () => {
    const first = await signIn();
    const second = await refresh(first);
    kinora.clock.now += 3_600_000;
    const third = await refresh(second);
    await expect(refresh(first)).rejects.toMatchObject(refused);
    await expect(refresh(third)).rejects.toMatchObject(refused);
  });

  test('the other sessions of the user go on', async () => {
    const stolen = await signIn();
    const other = await signIn();
    await refresh(stolen);
    kinora.clock.now += 11_000;
    await expect(refresh(stolen)).rejects.toMatchObject(refused);
    await expect(refresh(other)).resolves.toBeDefined();
  });

  test('a made-up token of a real session harms nobody', async () => {
    const token = await refresh(await signIn());
    const [id, , secret] = token.split('.');
    const junk = 'A'.repeat(43);
    for (const forged of [
      `${id}.0.${junk}`,
      `${id}.1.${junk}`,
      `${id}.2.${secret}`,
      `${id}.0.${secret}`,
      `x.1.${secret}`,
      '',
      'a.b',
      `${id}.1.${secret}x`,
      `${id}.-1.${secret}`,
      `${id}.1e9.${secret}`,
    ]) {
      await expect(refresh(forged)).rejects.toMatchObject(refused);
    }
    await expect(refresh(token)).resolves.toBeDefined();
    expect(await kinora.actions()).toEqual(['session.created']);
  });

  test('a family ends after 30 days, however busy', async () => {
    let token = await signIn();
    for (let i = 0; i < 29; i += 1) {
      kinora.clock.now += day;
      token = await refresh(token);
    }
    kinora.clock.now += day - 1;
    token = await refresh(token);
    kinora.clock.now += 1;
    await expect(refresh(token)).rejects.toMatchObject(refused);
  });

  test('T38 none of a disabled user is good', async () => {
    const token = await signIn();
    await kinora.users.save(Object.assign(user, { disabledAt: new Date(kinora.clock.now) }));
    await expect(refresh(token)).rejects.toMatchObject(refused);
  });

  // A browser: tabs share one cookie. A request takes it along when it leaves, reaches the server later, and its answer
  // sets the cookie when it arrives; all in any order.
  test('however the requests of parallel tabs overtake each other, all of them stay signed in', async () => {
    const step = fc.record({
      kind: fc.constantFrom('leave', 'reach', 'reach', 'return', 'wait'),
      pick: fc.nat(1_000),
      ms: fc.nat(4_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        let cookie = await signIn();
        // Tabs restored together.
        const underway = Array.from({ length: 3 }, () => ({ leftAt: kinora.clock.now, sent: cookie }));
        const answered: { leftAt: number; token: string }[] = [];
        const reach = async (index: number): Promise<void> => {
          const [request] = underway.splice(index, 1);
          if (request) answered.push({ leftAt: request.leftAt, token: await refresh(request.sent) });
        };
        const arrive = (index: number): void => {
          const [answer] = answered.splice(index, 1);
          if (answer) cookie = answer.token;
        };
        for (const { kind, pick, ms } of steps) {
          // No request takes longer than the grace, all in all.
          const oldest = Math.min(...[...underway, ...answered].map(({ leftAt }) => leftAt));
          if (kind === 'leave') underway.push({ leftAt: kinora.clock.now, sent: cookie });
          if (kind === 'reach' && underway.length > 0) await reach(pick % underway.length);
          if (kind === 'return' && answered.length > 0) arrive(pick % answered.length);
          if (kind === 'wait' && kinora.clock.now + ms - oldest < 9_000) kinora.clock.now += ms;
        }
        while (underway.length > 0) await reach(0);
        while (answered.length > 0) arrive(0);
        kinora.clock.now += 15 * 60_000;
        await refresh(cookie);
      }),
      { numRuns: 200 },
    );
  });
});
