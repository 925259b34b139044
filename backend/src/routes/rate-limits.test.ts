import { afterEach, describe, expect, test } from '@jest/globals';
import { MemoryRateLimitStore } from '../middleware/memory.rate-limit-store.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;
const clock = { now: 0 };
const open = async (trustedProxies: string[] = []) => {
  kinora = await openKinoraApi({
    rateLimitStore: new MemoryRateLimitStore({ now: () => clock.now }),
    trustedProxies,
  });
};

afterEach(() => kinora.dispose());

const guess = (headers: Record<string, string>, path = '/api/auth/login', address = '203.0.113.7') =>
  kinora.request('POST', path, { body: { username: 'ana', password: 'a guess' }, headers, address });
const statuses = async (answers: Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);
const count = (all: number[], status: number) => all.filter((one) => one === status).length;

describe('limits of requests', () => {
  test('every answer says where one stands; a refusal says when to come back', async () => {
    await open();
    const { token } = await kinora.signIn('ana', 'correct horse');
    const me = await kinora.request('GET', '/api/me', { token });
    expect(me.headers.get('RateLimit-Policy')).toBe('"api";q=600;w=60');
    expect(me.headers.get('RateLimit')).toBe('"api";r=599;t=1');
    expect(me.headers.get('Retry-After')).toBeNull();

    const answers = await Promise.all(
      Array.from({ length: 11 }, () => kinora.request('POST', '/api/setup', { body: {} })),
    );
    expect(answers.slice(0, 10).every(({ status }) => status === 400)).toBe(true);
    const refused = answers[10];
    expect(refused?.status).toBe(429);
    expect(refused?.headers.get('Retry-After')).toBe('6');
    expect(refused?.headers.get('RateLimit')).toBe('"sign-in";r=0;t=6');
    expect(await refused?.json()).toMatchObject({ code: 'rate-limited', status: 429 });
  });

  test('T37 a thousand guesses with a new X-Forwarded-For each are one guesser', async () => {
    await open(['10.0.0.1']);
    await kinora.createUser('ana', 'correct horse');
    const spoofed = (i: number) => ({
      'X-Forwarded-For': `198.51.${i >> 8}.${i & 255}`,
      'X-Real-IP': `198.51.${i >> 8}.${i & 255}`,
      Forwarded: `for=198.51.${i >> 8}.${i & 255}`,
    });
    const direct = await statuses(Array.from({ length: 1_000 }, (_, i) => guess(spoofed(i))));
    expect(count(direct, 429)).toBeGreaterThanOrEqual(990);
    // Through a proxy the entry it wrote counts, which is the rightmost; what the client claims stands left of it.
    const proxied = await statuses(
      Array.from({ length: 1_000 }, (_, i) =>
        guess(
          { 'X-Forwarded-For': `198.51.${i >> 8}.${i & 255}, 203.0.113.99` },
          '/api/auth/login',
          '10.0.0.1',
        ),
      ),
    );
    expect(count(proxied, 429)).toBeGreaterThanOrEqual(990);
  });

  test('T37 guesses from the same network do not keep out a browser that has signed in before', async () => {
    await open();
    const user = await kinora.createUser('ana', 'correct horse');
    await Promise.all(Array.from({ length: 30 }, () => guess({})));
    const signIn = (headers: Record<string, string>) =>
      kinora.request('POST', '/api/auth/login', {
        body: { username: 'ana', password: 'correct horse' },
        headers,
        address: '203.0.113.7',
      });
    expect((await signIn({})).status).toBe(429);
    const answer = await signIn({
      Cookie: `kinora_known_device=${kinora.knownDevices.remember(null, user)}`,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie().join()).not.toContain('kinora_known_device');
    expect((await signIn({ Cookie: 'kinora_known_device=forged.0000000000000000000000' })).status).toBe(429);
  });

  test('T37 hopping within a /64 is no other place; the next /64 is', async () => {
    await open();
    const from = (address: string) => kinora.request('POST', '/api/setup', { body: {}, address });
    const hops = await statuses(Array.from({ length: 40 }, (_, i) => from(`2001:db8:1:2:${i}::${i}`)));
    expect(count(hops, 429)).toBe(30);
    expect((await from('2001:db8:1:3::1')).status).toBe(400);
  });

  test('T37 hopping through the networks of one /48 ends at the limit of the /48; a known browser pays for itself', async () => {
    await open();
    const user = await kinora.createUser('ana', 'correct horse');
    const from = (address: string) => kinora.request('POST', '/api/setup', { body: {}, address });
    const hops = await statuses(
      Array.from({ length: 200 }, (_, i) => from(`2001:db8:1:${i.toString(16)}::1`)),
    );
    expect(count(hops, 400)).toBe(60);
    const refused = await from('2001:db8:1:ffff::1');
    expect(refused.headers.get('RateLimit')).toBe('"sign-in-site";r=0;t=1');
    expect((await from('2001:db8:2::1')).status).toBe(400);
    const answer = await kinora.request('POST', '/api/auth/login', {
      body: { username: 'ana', password: 'correct horse' },
      headers: { Cookie: `kinora_known_device=${kinora.knownDevices.remember(null, user)}` },
      address: '2001:db8:1:ffff::1',
    });
    expect(answer.status).toBe(200);
  });

  test('T37 other spellings of the path are no way around', async () => {
    await open();
    const paths = [
      '/api/auth/login',
      '//api/auth/login',
      '/api/auth/login/',
      '/api//auth/login',
      '/api/Auth/Login',
    ];
    const found = await statuses(Array.from({ length: 100 }, (_, i) => guess({}, paths[i % paths.length])));
    expect(count(found, 401)).toBeLessThanOrEqual(10);
    expect(found.every((status) => [401, 404, 429].includes(status))).toBe(true);
  });

  test('a user pays for themselves: another user at the same address is not held up', async () => {
    await open();
    const ana = await kinora.signIn('ana', 'correct horse');
    const bo = await kinora.signIn('bo', 'correct horse');
    const search = (token: string) => kinora.request('GET', '/api/search?q=sintel', { token });
    const hers = await statuses(Array.from({ length: 130 }, () => search(ana.token)));
    expect(count(hers, 429)).toBe(10);
    expect((await search(bo.token)).status).toBe(200);
    expect((await kinora.request('GET', '/api/me', { token: ana.token })).status).toBe(200);
    clock.now += 60_000;
    expect((await search(ana.token)).status).toBe(200);
  });

  test('those without an account are bounded by their address, whatever they ask for', async () => {
    await open();
    const found = await statuses(
      Array.from({ length: 6_100 }, (_, i) =>
        kinora.request('GET', i % 2 ? '/api/me' : '/api/nothing', { token: 'x' }),
      ),
    );
    expect(count(found, 429)).toBe(100);
    const refused = await kinora.request('GET', '/api/me');
    expect(refused.headers.get('RateLimit')).toBe('"address";r=0;t=1');
  });
});
