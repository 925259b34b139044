import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { origin } from '../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;
let admin: Awaited<ReturnType<KinoraApi['signIn']>>;

beforeEach(async () => {
  kinora = await openKinoraApi();
  admin = await kinora.signIn('root', 'correct horse', 'admin');
});

afterEach(() => kinora.dispose());

const ask = (method: string, path: string, body?: unknown, token = admin.token) =>
  kinora.request(method, path, { token, ...(body !== undefined && { body }) });
const login = (username: string, password: string, address?: string) =>
  kinora.request('POST', '/api/auth/login', {
    body: { username, password },
    ...(address !== undefined && { address }),
  });
const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
const fieldsOf = async (answer: Response) =>
  ((await bodyOf(answer))['errors'] as { field: string }[]).map(({ field }) => field);
const create = async (body: object) => {
  const answer = await ask('POST', '/api/users', { password: 'correct horse', ...body });
  return { status: answer.status, body: await bodyOf(answer) };
};

describe('accounts of others', () => {
  test('are made, listed, changed and deleted', async () => {
    const made = await create({ username: 'kim', role: 'child', ageLimit: 7 });
    expect(made).toMatchObject({
      status: 201,
      body: { username: 'kim', role: 'child', ageLimit: 7, disabled: false },
    });
    expect(JSON.stringify(made.body)).not.toContain('assword');
    expect((await login('kim', 'correct horse')).status).toBe(200);

    const path = `/api/users/${String(made.body['id'])}`;
    const changed = await ask('PATCH', path, { username: 'Kim K', ageLimit: 12 });
    expect(changed.status).toBe(400);
    expect(await bodyOf(await ask('PATCH', path, { username: 'kimk', ageLimit: 12 }))).toMatchObject({
      username: 'kimk',
      ageLimit: 12,
    });
    expect(await bodyOf(await ask('PATCH', path, { role: 'user' }))).toMatchObject({
      role: 'user',
      ageLimit: null,
    });
    const list = await bodyOf(await ask('GET', '/api/users?pageSize=1&page=2'));
    expect(list).toMatchObject({ page: 2, pageSize: 1, total: 2, items: [{ username: 'root' }] });

    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('DELETE', path)).status).toBe(404);
    expect((await login('kimk', 'correct horse')).status).toBe(401);
    const events = await kinora.audit.list({ page: 1, pageSize: 100 });
    expect(events.items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.created', 'user.changed', 'user.deleted']),
    );
    expect(events.items.filter(({ actorName }) => actorName === 'kim')).not.toHaveLength(0);
  });

  test('T45 nothing but the named fields can be set', async () => {
    for (const extra of [
      'id',
      'passwordHash',
      'usernameKey',
      'createdAt',
      'disabledAt',
      'constructor',
      '__proto__',
    ]) {
      const body = JSON.parse(`{"username":"eve","password":"correct horse","${extra}":"x"}`) as object;
      expect((await create(body)).status).toBe(400);
      const text = JSON.parse(`{"${extra}":"x"}`) as object;
      expect((await ask('PATCH', `/api/users/${admin.user.id}`, text)).status).toBe(400);
      expect((await ask('PATCH', '/api/me', text)).status).toBe(400);
    }
    for (const extra of [{ role: 'admin' }, { ageLimit: null }, { disabled: false }]) {
      expect((await ask('PATCH', '/api/me', extra)).status).toBe(400);
    }
    expect(await kinora.users.list({ page: 1, pageSize: 10 })).toMatchObject({
      total: 1,
      items: [admin.user],
    });
  });

  test('a child needs an age limit, nobody else may have one', async () => {
    const refused = await ask('POST', '/api/users', {
      username: 'kim',
      password: 'correct horse',
      role: 'child',
    });
    expect([refused.status, await fieldsOf(refused)]).toEqual([400, ['body.ageLimit']]);
    expect((await create({ username: 'bo', role: 'user', ageLimit: 7 })).status).toBe(400);
    const { body } = await create({ username: 'bo' });
    expect((await ask('PATCH', `/api/users/${String(body['id'])}`, { role: 'child' })).status).toBe(400);
    expect(
      (await ask('PATCH', `/api/users/${String(body['id'])}`, { role: 'child', ageLimit: 6 })).status,
    ).toBe(200);
  });

  test('a name is taken whatever its case; a password is neither short nor the name', async () => {
    expect((await create({ username: 'ROOT' })).status).toBe(409);
    for (const password of ['short', 'eleanor.rigby', 'aaaaaaaaaaaaaa']) {
      expect((await create({ username: 'eleanor.rigby', password })).status).toBe(400);
    }
  });

  test('T44 administrators see where an account is signed in, end one session or all, and that is recorded', async () => {
    const ana = await kinora.signIn('ana', 'correct horse');
    const phone = await kinora.auth.startSession(ana.user, origin);
    const path = `/api/users/${ana.user.id}/sessions`;
    const listed = (await bodyOf(await ask('GET', path)))['items'] as Record<string, unknown>[];
    expect(listed).toHaveLength(2);
    expect(listed[0]).toMatchObject({ device: 'Firefox on Linux', address: '192.0.2.1', current: false });
    expect(JSON.stringify(listed)).not.toMatch(/token|hash/i);

    expect((await ask('DELETE', `${path}/${ana.principal.sessionId}`)).status).toBe(204);
    expect((await ask('DELETE', `${path}/${ana.principal.sessionId}`)).status).toBe(404);
    expect((await ask('GET', '/api/me', undefined, ana.token)).status).toBe(401);
    expect((await ask('GET', '/api/me', undefined, phone.accessToken)).status).toBe(200);
    // The session of another account is not found under this one.
    expect((await ask('DELETE', `${path}/${admin.principal.sessionId}`)).status).toBe(404);

    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('GET', '/api/me', undefined, phone.accessToken)).status).toBe(401);
    expect((await ask('DELETE', `/api/users/${admin.user.id}/sessions`)).status).toBe(204);
    expect((await ask('GET', '/api/me')).status).toBe(200);
    for (const method of ['GET', 'DELETE'])
      expect((await ask(method, '/api/users/nobody/sessions')).status).toBe(404);
    const { items } = await kinora.audit.list({ page: 1, pageSize: 50, action: 'session.revoked' });
    expect(items).toMatchObject([
      { actorName: 'root', detail: { username: 'ana' } },
      { actorName: 'root', detail: { username: 'ana', sessionId: ana.principal.sessionId } },
    ]);
  });

  test('T38 a reset password, disabling and deleting each end all sessions and plays at once', async () => {
    const ends = {
      reset: { method: 'PATCH', body: { password: 'another horse' } },
      disable: { method: 'PATCH', body: { disabled: true } },
      delete: { method: 'DELETE', body: undefined },
    };
    for (const [name, { method, body }] of Object.entries(ends)) {
      const { user, token, refreshToken } = await kinora.signIn(name, 'correct horse');
      const magnet = `magnet:?xt=urn:btih:${kinora.film.metadata.infoHash}`;
      const play = await bodyOf(await ask('POST', '/api/playback', { magnet }, token));
      expect((await kinora.request('HEAD', String(play['url']))).status).toBe(200);

      expect((await ask(method, `/api/users/${user.id}`, body)).status).toBeLessThan(300);
      expect((await ask('GET', '/api/me', undefined, token)).status).toBe(401);
      expect((await kinora.request('HEAD', String(play['url']))).status).toBe(403);
      const refresh = await kinora.request('POST', '/api/auth/refresh', {
        headers: { Cookie: `kinora_refresh=${refreshToken}` },
      });
      expect(refresh.status).toBe(401);
      expect((await login(name, 'correct horse')).status).toBe(401);
    }
    expect((await login('reset', 'another horse')).status).toBe(200);
    const disabled = await kinora.users.findByUsername('disable');
    expect((await ask('PATCH', `/api/users/${disabled?.id ?? ''}`, { disabled: false })).status).toBe(200);
    expect((await login('disable', 'correct horse')).status).toBe(200);
  });
});

describe('the last administrator', () => {
  test.each([
    ['PATCH', { role: 'user' }],
    ['PATCH', { disabled: true }],
    ['DELETE', undefined],
  ])('%s %j is refused', async (method, body) => {
    const path = `/api/users/${admin.user.id}`;
    expect((await ask(method, path, body)).status).toBe(409);
    expect((await ask('GET', '/api/users')).status).toBe(200);

    // One who cannot sign in is none.
    const second = await kinora.signIn('second', 'correct horse', 'admin');
    expect((await ask('PATCH', `/api/users/${second.user.id}`, { disabled: true })).status).toBe(200);
    expect((await ask(method, path, body)).status).toBe(409);
  });

  test('stays also when all of them are removed at once', async () => {
    const others = await Promise.all(
      ['a1', 'a2', 'a3', 'a4'].map((name) => kinora.signIn(name, 'correct horse', 'admin')),
    );
    const everyone = [admin, ...others];
    const answers = await Promise.all(
      everyone.map(({ user }, i) =>
        // Asked by the next one, whose own account may be gone by then.
        ask(
          i % 2 ? 'DELETE' : 'PATCH',
          `/api/users/${user.id}`,
          i % 2 ? undefined : { role: 'user' },
          everyone[(i + 1) % everyone.length]?.token,
        ),
      ),
    );
    expect(answers.filter(({ status }) => status >= 500)).toHaveLength(0);
    const { items } = await kinora.users.list({ page: 1, pageSize: 10 });
    expect(items.filter(({ role }) => role === 'admin').length).toBeGreaterThanOrEqual(1);
  });

  test('stays when all are demoted below the routes, at the same time', async () => {
    await kinora.signIn('second', 'correct horse', 'admin');
    const { items } = await kinora.users.list({ page: 1, pageSize: 10 });
    const outcomes = await Promise.all(
      items.map(({ id }) => kinora.users.change(id, () => ({ role: 'user' }), new Date())),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['done', 'last-administrator']);
  });
});

describe('the own account', () => {
  test('name and language', async () => {
    const ana = await kinora.signIn('ana', 'correct horse');
    const changed = await ask('PATCH', '/api/me', { username: 'anna', language: 'pt-BR' }, ana.token);
    expect(await bodyOf(changed)).toMatchObject({ username: 'anna', language: 'pt-BR', role: 'user' });
    expect(await bodyOf(await ask('GET', '/api/me', undefined, ana.token))).toMatchObject({
      username: 'anna',
    });
    expect((await ask('PATCH', '/api/me', { username: 'Root' }, ana.token)).status).toBe(409);
    expect((await ask('PATCH', '/api/me', { language: 'klingon' }, ana.token)).status).toBe(400);
    expect((await login('anna', 'correct horse')).status).toBe(200);
  });

  test('T38 a new password asks for the old one and ends the other sessions, not this one', async () => {
    const ana = await kinora.signIn('ana', 'correct horse');
    const elsewhere = (await bodyOf(await login('ana', 'correct horse')))['accessToken'] as string;
    const change = (body: object) =>
      ask('PATCH', '/api/me', { password: 'another horse', ...body }, ana.token);
    expect(await fieldsOf(await change({}))).toEqual(['body.currentPassword']);
    expect(await fieldsOf(await change({ currentPassword: 'wrong horse' }))).toEqual([
      'body.currentPassword',
    ]);
    expect((await ask('GET', '/api/me', undefined, elsewhere)).status).toBe(200);

    expect((await change({ currentPassword: 'correct horse' })).status).toBe(200);
    expect((await ask('GET', '/api/me', undefined, ana.token)).status).toBe(200);
    expect((await ask('GET', '/api/me', undefined, elsewhere)).status).toBe(401);
    expect((await login('ana', 'correct horse')).status).toBe(401);
    expect((await login('ana', 'another horse')).status).toBe(200);
    expect(await kinora.actions()).toEqual(
      expect.arrayContaining(['account.password-refused', 'account.password-changed']),
    );
  });

  test('T36 whoever finds an unlocked screen cannot guess the password for long', async () => {
    const ana = await kinora.signIn('ana', 'correct horse');
    const statuses: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      const body = { password: 'another horse', currentPassword: `guess ${i}` };
      statuses.push((await ask('PATCH', '/api/me', body, ana.token)).status);
    }
    expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(11);
    expect(statuses.at(-1)).toBe(429);
  });

  test('an administrator does not reset the own password without the old one', async () => {
    expect((await ask('PATCH', `/api/users/${admin.user.id}`, { password: 'another horse' })).status).toBe(
      409,
    );
  });
});
