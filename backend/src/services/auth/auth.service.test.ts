import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { User } from '../../entities/user.entity.js';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';

let kinora: TestAuth;
let ana: User;
const password = 'correct horse';

beforeEach(async () => {
  kinora = await openTestAuth();
  ana = await kinora.createUser('Ana', password);
});

afterEach(() => kinora.dispose());

const login = (username: string, given = password, from = origin) =>
  kinora.login({ username, password: given }, from);
const refused = { code: 'unauthenticated' };

describe('signing in', () => {
  test('with the name in any case', async () => {
    const signedIn = await login(' ANA ');
    expect(signedIn).toMatchObject({ expiresIn: 900, user: { id: ana.id } });
    expect(await kinora.auth.authenticate(signedIn.accessToken)).toMatchObject({
      userId: ana.id,
      username: 'Ana',
      role: 'user',
    });
    expect(await kinora.auth.listSessions(ana.id)).toMatchObject([
      { device: 'Firefox on Linux', address: '192.0.2.1' },
    ]);
  });

  test('T35 unknown name, wrong password and disabled account end alike, each after one hash', async () => {
    const closed = await kinora.createUser('bob', password);
    await kinora.users.save(Object.assign(closed, { disabledAt: new Date() }));
    const answers: unknown[] = [];
    for (const [name, given] of [
      ['nobody', password],
      ['ana', 'wrong'],
      ['bob', password],
    ] as const) {
      const before = kinora.passwords.computed;
      await login(name, given).catch((error: unknown) =>
        answers.push(JSON.stringify({ ...(error as object), message: String(error) })),
      );
      expect(kinora.passwords.computed).toBe(before + 1);
    }
    expect(answers).toHaveLength(3);
    expect(new Set(answers).size).toBe(1);
  });

  test('T48 a refusal is recorded without what was typed', async () => {
    await expect(login('my secret password', 'x')).rejects.toMatchObject(refused);
    kinora.clock.now += 1;
    await expect(login('ana', 'another secret')).rejects.toMatchObject(refused);
    const { items } = await kinora.audit.list({ page: 1, pageSize: 10 });
    expect(items.map(({ action, actorName, detail }) => ({ action, actorName, detail }))).toEqual([
      { action: 'session.refused', actorName: 'Ana', detail: { reason: 'wrong password' } },
      { action: 'session.refused', actorName: null, detail: { reason: 'unknown name' } },
    ]);
    expect(JSON.stringify(items)).not.toContain('secret');
  });

  test('guessing from one place becomes slow, and does not keep the owner out elsewhere', async () => {
    await login('ana');
    for (let i = 0; i < 11; i += 1) await expect(login('ana', 'wrong')).rejects.toMatchObject(refused);
    await expect(login('ana', password)).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfterSeconds: 1,
    });
    await expect(login('ana', password, { ...origin, address: '198.51.100.7' })).resolves.toBeDefined();
    kinora.clock.now += 1_000;
    await expect(login('ana', password)).resolves.toBeDefined();
  });
});

describe('a session', () => {
  test('T38 that was signed out is over at once, for its access token too', async () => {
    const { accessToken, refresh } = await login('ana');
    const ended: string[] = [];
    const watch = async (accessToken: string) => {
      const principal = await kinora.auth.authenticate(accessToken);
      return kinora.rights.hold(principal, (now) =>
        ended.push(now === null ? principal.sessionId : 'changed'),
      );
    };
    await watch(accessToken);
    kinora.clock.now += 1;
    await kinora.auth.logout(refresh.token, origin);
    await expect(kinora.auth.authenticate(accessToken)).rejects.toMatchObject(refused);
    await expect(kinora.auth.refresh(refresh.token, origin)).rejects.toMatchObject(refused);
    expect(await kinora.auth.listSessions(ana.id)).toEqual([]);
    expect(ended).toHaveLength(1);
    expect(await kinora.actions()).toEqual(['session.created', 'session.signed-out']);

    await kinora.auth.logout(refresh.token, origin);
    await kinora.auth.logout('nonsense', origin);
    expect(ended).toHaveLength(1);
    const second = await login('ana');
    (await watch(second.accessToken)).release();
    await kinora.auth.logout(second.refresh.token, origin);
    expect(ended).toHaveLength(1);
    expect(kinora.rights.size).toBe(0);
  });

  test('can be signed out with a token that another tab has just spent', async () => {
    const { refresh, accessToken } = await login('ana');
    await kinora.auth.refresh(refresh.token, origin);
    await kinora.auth.logout(refresh.token, origin);
    await expect(kinora.auth.authenticate(accessToken)).rejects.toMatchObject(refused);
  });

  test('is revoked by its owner from another device', async () => {
    const phone = await login('ana');
    kinora.clock.now += 1_000;
    const laptop = await login('ana');
    const [latest, other] = await kinora.auth.listSessions(ana.id);
    const principal = await kinora.auth.authenticate(laptop.accessToken);
    expect(latest?.id).toBe(principal.sessionId);
    await kinora.auth.revokeSession(String(other?.id), principal, origin);
    await expect(kinora.auth.authenticate(phone.accessToken)).rejects.toMatchObject(refused);
    await expect(kinora.auth.authenticate(laptop.accessToken)).resolves.toEqual(principal);
    await expect(kinora.auth.revokeSession(String(other?.id), principal, origin)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('T44 of someone else cannot be revoked, and is not admitted to exist', async () => {
    await kinora.createUser('eve', password);
    const principal = await kinora.auth.authenticate((await login('ana')).accessToken);
    const eve = await kinora.auth.authenticate((await login('eve')).accessToken);
    await expect(kinora.auth.revokeSession(principal.sessionId, eve, origin)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(kinora.auth.isSessionLive(principal.sessionId, ana.id)).resolves.toBe(true);
    await expect(kinora.auth.isSessionLive(principal.sessionId, eve.userId)).resolves.toBe(false);
  });

  test('T38 sees a new role or a disabled account with the next request', async () => {
    const { accessToken } = await login('ana');
    const principal = await kinora.auth.authenticate(accessToken);
    await kinora.users.save(Object.assign(ana, { role: 'admin' }));
    expect(await kinora.auth.authenticate(accessToken)).toMatchObject({ role: 'admin' });
    expect(await kinora.auth.getUser(principal)).toMatchObject({ username: 'Ana', role: 'admin' });
    await kinora.users.save(Object.assign(ana, { disabledAt: new Date() }));
    await expect(kinora.auth.authenticate(accessToken)).rejects.toMatchObject(refused);
    await expect(kinora.auth.getUser(principal)).rejects.toMatchObject(refused);
  });
});

describe('a playback grant', () => {
  const begin = async () => {
    const { accessToken, refresh } = await login('ana');
    const { userId, sessionId } = await kinora.auth.authenticate(accessToken);
    const content = { playbackId: 'play-1', userId, sessionId };
    return { content, grant: await kinora.grants.sign(content), accessToken, refresh };
  };
  const invalid = { code: 'grant-invalid' };

  test('opens its play for six hours', async () => {
    const { content, grant } = await begin();
    expect(await kinora.grants.verify(grant)).toEqual(content);
    kinora.clock.now += 6 * 60 * 60_000 - 1_000;
    expect(await kinora.grants.verify(grant)).toEqual(content);
    kinora.clock.now += 1_000;
    await expect(kinora.grants.verify(grant)).rejects.toMatchObject(invalid);
  });

  test('T38 dies with its session, and with its user', async () => {
    const first = await begin();
    await kinora.auth.logout(first.refresh.token, origin);
    await expect(kinora.grants.verify(first.grant)).rejects.toMatchObject(invalid);
    const second = await begin();
    await kinora.users.save(Object.assign(ana, { disabledAt: new Date() }));
    await expect(kinora.grants.verify(second.grant)).rejects.toMatchObject(invalid);
  });

  test('cannot be forged, and no other token is taken for one', async () => {
    const { grant, accessToken, content } = await begin();
    const payload = Buffer.from(JSON.stringify({ ...content, playbackId: 'play-2' })).toString('base64url');
    for (const forged of [
      '',
      'x',
      `${grant}x`,
      grant.replace(/\.[^.]+\./, `.${payload}.`),
      accessToken,
      'x'.repeat(5_000),
    ]) {
      await expect(kinora.grants.verify(forged)).rejects.toMatchObject(invalid);
    }
    const stolen = await kinora.grants.sign({ ...content, userId: 'someone-else' });
    await expect(kinora.grants.verify(stolen)).rejects.toMatchObject(invalid);
  });
});
