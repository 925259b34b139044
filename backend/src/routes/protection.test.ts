// @proof: a request or packet that got through once has got through, so a failure is never run again.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';
import { accessRules } from './access-rules.js';

let kinora: KinoraApi;
let token: string;

beforeAll(async () => {
  kinora = await openKinoraApi();
  ({ token } = await kinora.signIn('root', 'correct horse', 'admin'));
});

afterAll(() => kinora.dispose());

const concrete = (path: string) => path.replaceAll(/:\w+/g, 'x').replace('/*', '/x');
const writes = accessRules.filter(({ method }) => method !== 'GET');

describe('every answer', () => {
  test.each(accessRules.map(({ method, path }) => [method, concrete(path)]))(
    'T43 %s %s has the headers',
    async (method, path) => {
      for (const headers of [{}, { Authorization: `Bearer ${token}` }]) {
        const answer = await kinora.request(method, path, { headers });
        // Events never end by themselves.
        await answer.body?.cancel();
        expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
        expect(answer.headers.get('Content-Security-Policy')).not.toMatch(/script-src[^;]*unsafe/);
        expect(answer.headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
        expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
        expect(answer.headers.get('Referrer-Policy')).toBe('no-referrer');
        expect(answer.headers.get('X-Request-Id')).toMatch(/^[\w-]{36}$/);
      }
    },
  );

  test.each(['https://evil.example', 'null', 'http://kinora.test.evil.example', 'http://sub.kinora.test'])(
    'T42 the origin %s is not let in to read',
    async (origin) => {
      for (const path of ['/api/me', '/api/openapi.json', '/health', '/api/nothing']) {
        const headers = { Origin: origin, 'Access-Control-Request-Method': 'GET' };
        for (const method of ['GET', 'OPTIONS']) {
          const answer = await kinora.request(method, path, { headers, token });
          await answer.arrayBuffer();
          expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        }
      }
    },
  );
});

describe('every write', () => {
  test('T51 refuses a body that is too large, whatever it says of its length', async () => {
    const body = 'x'.repeat(70 * 1024);
    for (const { method, path } of writes) {
      if (path === '/api/playback') continue;
      const answer = await kinora.request(method, concrete(path), {
        token,
        headers: { 'Content-Type': 'application/json', 'Content-Length': String(body.length) },
        body,
      });
      await answer.arrayBuffer();
      expect([path, answer.status]).toEqual([path, 413]);
    }
  });

  test('T45 refuses fields it does not know, and bodies of another kind', async () => {
    const hostile = [
      'id',
      'userId',
      'role2',
      'isAdmin',
      'passwordHash',
      'constructor',
      'prototype',
      '__proto__',
    ];
    const withBody = writes.filter(({ path }) =>
      [
        '/api/setup',
        '/api/auth/login',
        '/api/auth/device/token',
        '/api/auth/device/approve',
        '/api/users',
        '/api/me',
        '/api/users/:id',
      ].includes(path),
    );
    for (const { method, path } of withBody.filter((rule) => rule.method !== 'DELETE')) {
      for (const key of hostile) {
        const body: unknown = JSON.parse(`{"${key}":"x"}`);
        expect((await kinora.request(method, concrete(path), { token, body })).status).toBe(400);
      }
      for (const body of [[], 'text', 7, null]) {
        expect((await kinora.request(method, concrete(path), { token, body })).status).toBe(400);
      }
      const form = await kinora.request(method, concrete(path), {
        token,
        headers: { 'Content-Type': 'text/plain' },
      });
      expect(form.status).toBe(415);
    }
  });

  test('T41 those that act on a cookie refuse what another site asks', async () => {
    const foreign = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: 'http://sub.kinora.test' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: 'http://kinora.test' },
    ];
    const paths = [
      '/api/setup',
      '/api/auth/login',
      '/api/auth/refresh',
      '/api/auth/logout',
      '/api/auth/device',
      '/api/auth/device/token',
    ];
    for (const path of paths) {
      for (const headers of foreign) {
        expect([path, (await kinora.request('POST', path, { headers, body: {} })).status]).toEqual([
          path,
          403,
        ]);
      }
    }
    // The others take no cookie: without the token a foreign page does not have, there is nothing to act on.
    for (const { method, path, access } of writes) {
      if (access === 'public') continue;
      const headers = { Origin: 'https://evil.example', Cookie: 'kinora_refresh=x' };
      expect((await kinora.request(method, concrete(path), { headers })).status).toBe(401);
    }
  });
});
