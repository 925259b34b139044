import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '../logging/logger.js';
import { accessControl } from '../middleware/auth.middleware.js';
import { requestContext } from '../middleware/request-context.middleware.js';
import { openTestAuth, type TestAuth } from '../test-support/auth.js';
import { accessRules } from './access-rules.js';
import { createAuthRoutes } from './auth.routes.js';
import { createApi } from './create-api.js';
import { errorHandler } from './error-handler.js';
import { KnownDeviceCookie } from './known-device-cookie.js';
import { RefreshCookie } from './refresh-cookie.js';
import { createSetupRoutes } from './setup.routes.js';
import { createSignInRoutes } from './sign-in.routes.js';

let kinora: TestAuth;
let app: ReturnType<typeof serve>;

function serve(publicUrl?: string) {
  const refreshCookie = new RefreshCookie(publicUrl?.startsWith('https:') ?? false, () => kinora.clock.now);
  const deviceCookie = new KnownDeviceCookie(kinora.knownDevices, publicUrl?.startsWith('https:') ?? false);
  const options = { ...kinora, refreshCookie, deviceCookie, publicUrl };
  const api = createApi();
  api.onError(errorHandler);
  api.use(requestContext({ logger: silentLogger(), trustedProxies: [] }));
  api.use('/api/*', accessControl(accessRules, kinora.auth, kinora.reauthentication));
  return api
    .route('/api', createSetupRoutes(options))
    .route('/api', createAuthRoutes(options))
    .route('/api', createSignInRoutes(options));
}

beforeEach(async () => {
  kinora = await openTestAuth();
  app = serve();
  await kinora.createUser('ana', 'correct horse');
});

afterEach(() => kinora.dispose());

type Headers = Record<string, string>;

const post = async (path: string, body?: unknown, headers: Headers = {}): Promise<Response> =>
  app.request(`http://kinora.test/api${path}`, {
    method: 'POST',
    headers: {
      Host: 'kinora.test',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const login = () => post('/auth/login', { username: 'ana', password: 'correct horse' });
const cookieOf = (answer: Response) => String(answer.headers.get('Set-Cookie')).split(';')[0] ?? '';
const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

describe('signing in', () => {
  test('answers the access token and sets the refresh cookie, which is not in the body', async () => {
    const answer = await login();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^kinora_refresh=[\w.-]+; Max-Age=2592000; Path=\/api\/auth; HttpOnly; SameSite=Strict$/,
      ),
      // Tells scripts that there is one, and nothing of it.
      'kinora_session=1; Max-Age=2592000; Path=/; SameSite=Strict',
      // By which the browser is recognised at the next sign-in.
      expect.stringMatching(
        /^kinora_known_device=[\w.~-]+; Max-Age=34560000; Path=\/api\/auth; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    const body = await bodyOf(answer);
    expect(body).toEqual({
      accessToken: expect.any(String),
      expiresIn: 900,
      user: {
        id: expect.any(String),
        username: 'ana',
        role: 'user',
        ageLimit: null,
        language: null,
        createdAt: '2026-11-22T12:00:00.000Z',
      },
    });
    const me = await app.request('/api/me', {
      headers: { Authorization: `Bearer ${String(body['accessToken'])}` },
    });
    expect(await bodyOf(me)).toEqual(body['user']);
  });

  test('behind https the cookie is Secure, and its name says so', async () => {
    app = serve('https://kinora.example');
    const answer = await login();
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Secure-kinora_refresh=.*; HttpOnly; Secure; SameSite=Strict$/),
      expect.stringMatching(/^kinora_session=1; .*; Secure; SameSite=Strict$/),
      expect.stringMatching(/^__Secure-kinora_known_device=.*; HttpOnly; Secure; SameSite=Strict$/),
    ]);
    const refreshed = await post('/auth/refresh', undefined, {
      Cookie: cookieOf(answer),
      Origin: 'https://kinora.example',
    });
    expect(refreshed.status).toBe(200);
    const out = await post('/auth/logout', undefined, { Cookie: cookieOf(refreshed) });
    expect(out.headers.get('Set-Cookie')).toMatch(
      /^__Secure-kinora_refresh=; Max-Age=0; Path=\/api\/auth; HttpOnly; Secure/,
    );
  });

  test('T35 unknown name and wrong password get the same answer', async () => {
    const answers = await Promise.all(
      ['ana', 'nobody'].map(async (username) => {
        const answer = await post('/auth/login', { username, password: 'wrong' });
        return { status: answer.status, ...(await bodyOf(answer)), requestId: '' };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  test.each([
    ['no body', undefined],
    ['an empty object', {}],
    ['a list', []],
    ['a number as a name', { username: 1, password: 'x' }],
    ['a name too long', { username: 'x'.repeat(65), password: 'x' }],
    ['a password too long', { username: 'ana', password: 'x'.repeat(1025) }],
    ['T45 a role of its own', { username: 'ana', password: 'correct horse', role: 'admin' }],
  ])('%s is a 400', async (_, body) => {
    const answer = await post('/auth/login', body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
  });
});

describe('staying signed in', () => {
  test('T34 50 parallel refreshes all answer, with one and the same cookie', async () => {
    const cookie = cookieOf(await login());
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post('/auth/refresh', undefined, { Cookie: cookie })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(new Set(answers.map(cookieOf)).size).toBe(1);
    kinora.clock.now += 11_000;
    expect((await post('/auth/refresh', undefined, { Cookie: cookie })).status).toBe(401);
    expect(
      (await post('/auth/refresh', undefined, { Cookie: cookieOf(answers[0] ?? new Response()) })).status,
    ).toBe(401);
  });

  test('without a cookie, or with nonsense in it, is a 401', async () => {
    expect((await post('/auth/refresh')).status).toBe(401);
    expect((await post('/auth/refresh', undefined, { Cookie: 'kinora_refresh=x' })).status).toBe(401);
  });

  test.each<[string, Headers, number]>([
    [
      'a page of ours, by Sec-Fetch-Site',
      { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://kinora.test' },
      200,
    ],
    ['a page of ours, by Origin', { Origin: 'http://kinora.test' }, 200],
    ['a program', {}, 200],
    ['another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }, 403],
    ['a sister site', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://other.kinora.test' }, 403],
    ['another site, by Origin', { Origin: 'https://evil.example' }, 403],
    ['a sister site, by Origin', { Origin: 'http://other.kinora.test' }, 403],
    ['another port', { Origin: 'http://kinora.test:8080' }, 403],
    ['a name that ends alike', { Origin: 'http://evilkinora.test' }, 403],
    ['an opaque origin', { Origin: 'null' }, 403],
  ])('T41 asked by %s', async (_, headers, status) => {
    const cookie = cookieOf(await login());
    expect((await post('/auth/refresh', undefined, { Cookie: cookie, ...headers })).status).toBe(status);
    const out = await post('/auth/logout', undefined, { Cookie: cookie, ...headers });
    expect(out.status).toBe(status === 200 ? 204 : 403);
  });
});

describe('sessions', () => {
  test('signing out ends the session and clears the cookie', async () => {
    const signedIn = await login();
    const { accessToken } = await bodyOf(signedIn);
    const answer = await post('/auth/logout', undefined, { Cookie: cookieOf(signedIn) });
    expect(answer.status).toBe(204);
    expect(answer.headers.getSetCookie()).toEqual([
      'kinora_refresh=; Max-Age=0; Path=/api/auth; HttpOnly; SameSite=Strict',
      'kinora_session=; Max-Age=0; Path=/; SameSite=Strict',
    ]);
    const me = await app.request('/api/me', { headers: { Authorization: `Bearer ${String(accessToken)}` } });
    expect(me.status).toBe(401);
    expect((await post('/auth/logout')).status).toBe(204);
  });

  test('are listed and revoked, only the own ones', async () => {
    const first = await bodyOf(await login());
    kinora.clock.now += 1_000;
    const second = await bodyOf(await login());
    const as = { headers: { Authorization: `Bearer ${String(second['accessToken'])}` } };
    const list = (await bodyOf(await app.request('/api/auth/sessions', as)))['items'] as {
      id: string;
      current: boolean;
    }[];
    expect(list.map(({ current }) => current)).toEqual([true, false]);

    const revoke = (id: string) => app.request(`/api/auth/sessions/${id}`, { method: 'DELETE', ...as });
    expect((await revoke(String(list[1]?.id))).status).toBe(204);
    expect((await revoke('no-such-session')).status).toBe(404);
    const me = await app.request('/api/me', {
      headers: { Authorization: `Bearer ${String(first['accessToken'])}` },
    });
    expect(me.status).toBe(401);
    expect((await app.request('/api/auth/sessions')).status).toBe(401);
  });
});

describe('the set-up', () => {
  test('T39 needs the code, happens once, and signs in', async () => {
    const code = await kinora.setup.start();
    const state = async () => bodyOf(await app.request('/api/setup'));
    expect(await state()).toEqual({ needed: true });
    const account = { username: 'admin', password: 'correct horse' };
    expect((await post('/setup', { ...account, code: 'wrong' })).status).toBe(403);
    expect((await post('/setup', { ...account, code, password: 'short' })).status).toBe(400);
    expect((await post('/setup', { ...account, code, role: 'admin' })).status).toBe(400);
    expect((await post('/setup', { ...account, code }, { Origin: 'https://evil.example' })).status).toBe(403);

    const answers = await Promise.all(Array.from({ length: 30 }, () => post('/setup', { ...account, code })));
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    // Too late, or, for so many at once from one address, too many.
    expect(answers.filter(({ status }) => [409, 429].includes(status))).toHaveLength(29);
    expect(await state()).toEqual({ needed: false });
    const [created] = made;
    expect(created?.headers.get('Set-Cookie')).toContain('Path=/api/auth');
    expect(created && (await bodyOf(created))).toMatchObject({ user: { username: 'admin', role: 'admin' } });
  });
});
