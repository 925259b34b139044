import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';
import { ratedFilms } from '../test-support/rated-films.js';

let kinora: KinoraApi;
let token: string;
let film: string;

beforeAll(async () => {
  kinora = await openKinoraApi({ provider: ratedFilms({ sintel: 'PG-13', 'big-buck-bunny': 'G' }) });
  ({ token } = await kinora.signIn('root', 'correct horse', 'admin'));
  await get('/api/home');
  const found = (await (await get('/api/search?q=sintel')).json()) as { items: { id: string }[] };
  film = found.items[0]?.id ?? '';
});
afterAll(() => kinora.dispose());

const get = (path: string, headers: Record<string, string> = {}, as: string | null = token) =>
  kinora.request('GET', path, { headers, ...(as !== null && { token: as }) });
const pages: [string, () => string][] = [
  ['home', () => '/api/home'],
  ['search', () => '/api/search?q=sin'],
  ['discover', () => '/api/discover?sort=title'],
  ['genres', () => '/api/genres'],
  ['a film', () => `/api/movies/${film}`],
  ['what is like a film', () => `/api/movies/${film}/similar`],
];

describe('through the whole API, what a browser has already', () => {
  test.each(pages)('%s is not sent again', async (_name, path) => {
    const first = await get(path());
    expect(first.status).toBe(200);
    const tag = first.headers.get('ETag') ?? '';
    expect(tag).toMatch(/^W\/"/);
    const again = await get(path(), { 'If-None-Match': tag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    // All that the first answer said of itself still holds, the security headers too.
    for (const name of ['ETag', 'Cache-Control', 'Vary', 'X-Content-Type-Options', 'Content-Security-Policy'])
      expect([name, again.headers.get(name)]).toEqual([name, first.headers.get(name)]);
    expect(again.headers.get('X-Request-Id')).not.toBe(first.headers.get('X-Request-Id'));
  });

  test('is sent whole once something about it has changed', async () => {
    const path = `/api/movies/${film}`;
    const tag = (await get(path)).headers.get('ETag') ?? '';
    const { items } = (await (await get('/api/lists')).json()) as { items: { id: string }[] };
    await kinora.request('PUT', `/api/lists/${items[0]?.id ?? ''}/items/${film}`, { token, body: {} });
    const changed = await get(path, { 'If-None-Match': tag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('ETag')).not.toBe(tag);
  });

  test('tells nothing to who may not see it: no 304 without a sign-in, nor to a child', async () => {
    const path = `/api/movies/${film}`;
    const known = { 'If-None-Match': (await get(path)).headers.get('ETag') ?? '' };
    expect((await get(path, known, null)).status).toBe(401);
    const account = { username: 'kim', password: 'correct horse', role: 'child', ageLimit: 6 };
    await kinora.request('POST', '/api/users', { token, body: account });
    const body = { username: 'kim', password: 'correct horse' };
    const login = await kinora.request('POST', '/api/auth/login', { body });
    const { accessToken } = (await login.json()) as { accessToken: string };
    expect((await get(path, known, accessToken)).status).toBe(404);
    expect((await get(path, { 'If-None-Match': '*' }, accessToken)).status).toBe(404);
  });

  test('is never asked of answers about sessions, lists or what somebody watches', async () => {
    for (const path of ['/api/lists', '/api/me', '/api/continue-watching']) {
      const answer = await get(path, { 'If-None-Match': '*' });
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });
});
