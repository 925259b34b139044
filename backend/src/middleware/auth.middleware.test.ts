import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { AppError } from '../errors/app-error.js';
import { openTestAuth, origin, type TestAuth } from '../test-support/auth.js';
import type { AppEnv } from './app-env.js';
import { type AccessRule, accessControl, findRule, requireUser } from './auth.middleware.js';

const rules: AccessRule[] = [
  { method: 'GET', path: '/api/open', access: 'public' },
  { method: 'GET', path: '/api/mine', access: 'user' },
  { method: 'DELETE', path: '/api/users/:id', access: 'admin' },
  { method: 'GET', path: '/api/users/:id', access: 'admin' },
  { method: 'GET', path: '/api/users/me', access: 'user' },
  { method: 'GET', path: '/api/stream/:grant/*', access: 'public' },
];

let kinora: TestAuth;
let app: Hono<AppEnv>;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  kinora = await openTestAuth();
  for (const role of ['admin', 'user', 'child'] as const) {
    const user = await kinora.createUser(role, 'correct horse', role);
    tokens[role] = (await kinora.auth.startSession(user, origin)).accessToken;
  }
  app = new Hono<AppEnv>();
  app.onError((error, context) => context.text(error instanceof AppError ? error.code : 'unexpected', 400));
  app.use('/api/*', accessControl(rules, kinora.auth, kinora.reauthentication));
  app.get('/api/open', (context) => context.text(context.var.principal?.username ?? 'nobody'));
  app.get('/api/forgotten', (context) => context.text('wide open'));
  app.all('*', (context) => context.text(requireUser(context).username));
});

afterAll(() => kinora.dispose());

async function ask(method: string, path: string, authorization?: string): Promise<string> {
  const answer = await app.request(path, {
    method,
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });
  return answer.text();
}

describe('access control', () => {
  test.each([
    ['GET', '/api/mine', { stranger: 'unauthenticated', child: 'child', user: 'user', admin: 'admin' }],
    [
      'DELETE',
      '/api/users/1',
      { stranger: 'unauthenticated', child: 'forbidden', user: 'forbidden', admin: 'admin' },
    ],
    ['GET', '/api/users/me', { stranger: 'unauthenticated', child: 'child', user: 'user', admin: 'admin' }],
    ['GET', '/api/open', { stranger: 'nobody', child: 'nobody', user: 'nobody', admin: 'nobody' }],
    [
      'GET',
      '/api/forgotten',
      { stranger: 'not-found', child: 'not-found', user: 'not-found', admin: 'not-found' },
    ],
    [
      'POST',
      '/api/mine',
      { stranger: 'not-found', child: 'not-found', user: 'not-found', admin: 'not-found' },
    ],
  ])('T44 %s %s', async (method, path, expected) => {
    for (const [who, answer] of Object.entries(expected)) {
      const token = tokens[who];
      expect(await ask(method, path, token === undefined ? undefined : `Bearer ${token}`)).toBe(answer);
    }
  });

  test.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'bearer x', 'Bearer \u00e9'])(
    'T33 the header %j is no sign-in',
    async (header) => {
      expect(await ask('GET', '/api/mine', header)).toBe('unauthenticated');
    },
  );

  test('T37 spelling a path differently opens nothing', async () => {
    for (const path of [
      '/api//mine',
      '/api/mine/',
      '/api/Mine',
      '/api/open/',
      '/api/open/../mine/x',
      '/api/%6dine/',
      '/api/open%2f',
    ]) {
      expect(await ask('GET', path)).toMatch(/not-found|unauthenticated/);
    }
  });

  test('a public route has no user', async () => {
    expect(await ask('GET', '/api/stream/x/y')).toBe('unauthenticated');
  });
});

describe('findRule', () => {
  const path = (method: string, asked: string) => findRule(rules, method, asked)?.path ?? null;

  test('the more literal rule counts, HEAD asks as GET, and a rest must follow its prefix', () => {
    expect(path('GET', '/api/users/me')).toBe('/api/users/me');
    expect(path('GET', '/api/users/you')).toBe('/api/users/:id');
    expect(path('HEAD', '/api/open')).toBe('/api/open');
    expect(path('GET', '/api/stream/g/a/b')).toBe('/api/stream/:grant/*');
    expect(path('GET', '/api/stream/g')).toBeNull();
    expect(path('GET', '/api/users/')).toBeNull();
    expect(path('PUT', '/api/open')).toBeNull();
  });
});
