import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { origin } from '../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;
let ana: Awaited<ReturnType<KinoraApi['signIn']>>;

beforeEach(async () => {
  kinora = await openKinoraApi();
  ana = await kinora.signIn('ana', 'correct horse');
});

afterEach(() => kinora.dispose());

const tv = {
  'User-Agent': 'Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 Chrome/94.0 TV Safari/537.36',
};
const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
const begin = async (headers: Record<string, string> = {}) => {
  const answer = await kinora.request('POST', '/api/auth/device', {
    headers: { ...tv, ...headers },
    address: '192.0.2.50',
  });
  const cookie = String(answer.headers.get('Set-Cookie')).split(';')[0] ?? '';
  const body = await bodyOf(answer);
  return { cookie, body, deviceCode: String(body['deviceCode']), userCode: String(body['userCode']) };
};
const poll = async (deviceCode: string, headers: Record<string, string> = {}) => {
  const answer = await kinora.request('POST', '/api/auth/device/token', {
    body: { deviceCode },
    headers: { ...tv, ...headers },
    address: '192.0.2.50',
  });
  return { status: answer.status, headers: answer.headers, body: await bodyOf(answer) };
};
const approve = (userCode: string, decision?: string, token = ana.token) =>
  kinora.request('POST', '/api/auth/device/approve', {
    token,
    body: { userCode, ...(decision !== undefined && { decision }) },
  });
const wait = (seconds: number) => {
  kinora.clock.now += seconds * 1000;
};

describe('T40 signing a device in', () => {
  test('goes from asking to signed in, once', async () => {
    const { body, deviceCode, userCode } = await begin();
    expect(body).toEqual({
      deviceCode: expect.stringMatching(/^[\w-]{43}$/),
      userCode: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verificationUri: '/device',
      verificationUriComplete: `/device?code=${userCode}`,
      expiresIn: 600,
      interval: 5,
    });
    expect(await poll(deviceCode)).toMatchObject({
      status: 400,
      body: { error: 'authorization_pending', code: 'authorization-pending', status: 400 },
    });

    // However it is typed; and who allows it sees whom.
    const asking = await approve(userCode.toLowerCase().replace('-', ' '), 'look');
    expect(await bodyOf(asking)).toMatchObject({
      device: expect.stringContaining('Samsung TV'),
      address: '192.0.2.50',
    });
    expect((await approve(userCode)).status).toBe(200);
    expect((await approve(userCode)).status).toBe(404);

    wait(5);
    const { status, headers, body: signedIn } = await poll(deviceCode);
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.getSetCookie()[0]).toMatch(/^kinora_refresh=.*HttpOnly; SameSite=Strict$/);
    expect(signedIn).toMatchObject({ expiresIn: 900, user: { username: 'ana' } });
    const me = await kinora.request('GET', '/api/me', { token: String(signedIn['accessToken']) });
    expect(me.status).toBe(200);

    wait(5);
    expect(await poll(deviceCode)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await kinora.actions()).sort()).toEqual([
      'device.approved',
      'session.created',
      'session.created',
    ]);
  });

  test('of many questions at once one is answered', async () => {
    const { deviceCode, userCode } = await begin();
    await approve(userCode);
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(deviceCode)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('asking too fast slows it down by five seconds each time', async () => {
    const { deviceCode, userCode } = await begin();
    await poll(deviceCode);
    wait(4);
    expect((await poll(deviceCode)).body).toMatchObject({ error: 'slow_down', interval: 10 });
    wait(9);
    expect((await poll(deviceCode)).body).toMatchObject({ error: 'slow_down', interval: 15 });
    await approve(userCode);
    wait(14);
    expect((await poll(deviceCode)).body).toMatchObject({ error: 'slow_down', interval: 20 });
    wait(20);
    expect((await poll(deviceCode)).status).toBe(200);
  });

  test('is over after ten minutes, approved or not', async () => {
    const first = await begin();
    const second = await begin();
    await approve(second.userCode);
    wait(600);
    expect((await poll(first.deviceCode)).body).toMatchObject({ error: 'expired_token' });
    expect((await poll(second.deviceCode)).body).toMatchObject({ error: 'expired_token' });
    // A proof of ten minutes ago is too old to allow anything.
    expect((await approve(first.userCode)).status).toBe(401);
    const { accessToken } = await kinora.auth.startSession(ana.user, origin);
    expect((await approve(first.userCode, 'approve', accessToken)).status).toBe(404);
    wait(600);
    await begin();
    expect((await poll(first.deviceCode)).body).toMatchObject({ error: 'invalid_grant' });
    expect(kinora.devices.size).toBe(1);
  });

  test('may be refused', async () => {
    const { deviceCode, userCode } = await begin();
    expect((await approve(userCode, 'deny')).status).toBe(200);
    expect((await poll(deviceCode)).body).toMatchObject({ error: 'access_denied' });
  });

  test('a code shown by one browser is worth nothing in another', async () => {
    const page = { Origin: 'http://kinora.test' };
    const { cookie, deviceCode, userCode } = await begin(page);
    expect(cookie).toMatch(/^kinora_device=[\w-]{43}$/);
    await approve(userCode);
    const other = await begin(page);
    for (const headers of [{}, { Cookie: other.cookie }, { Cookie: 'kinora_device=x' }]) {
      expect(await poll(deviceCode, headers)).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
    }
    expect((await poll(deviceCode, { Cookie: cookie })).status).toBe(200);
  });

  test('other sites cannot begin or finish it', async () => {
    const foreign = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    const begun = await kinora.request('POST', '/api/auth/device', { headers: foreign });
    expect(begun.status).toBe(403);
    const { deviceCode } = await begin();
    expect((await poll(deviceCode, foreign)).status).toBe(403);
  });

  test('who guesses codes is slowed down after five', async () => {
    const { userCode } = await begin();
    const guesses: number[] = [];
    for (let i = 0; i < 20; i += 1) guesses.push((await approve('BBBB-BBBB')).status);
    expect(guesses.filter((status) => status === 404).length).toBeLessThanOrEqual(6);
    expect(guesses.at(-1)).toBe(429);
    const bo = await kinora.signIn('bo', 'correct horse');
    expect((await approve(userCode, 'look', bo.token)).status).toBe(200);
  });

  test('whoever allowed it must still be signed in', async () => {
    const { deviceCode, userCode } = await begin();
    await approve(userCode);
    await kinora.auth.endSessions(ana.user.id, 'revoked');
    expect((await poll(deviceCode)).body).toMatchObject({ error: 'access_denied' });
  });

  test('the address to open is never taken from what the client says', async () => {
    for (const headers of [
      { Host: '10.9.8.7' },
      { Host: 'kinora.test', 'X-Forwarded-Host': 'evil.example' },
    ]) {
      const { body } = await begin(headers);
      expect(body['verificationUri']).toBe('/device');
      expect(JSON.stringify(body)).not.toMatch(/evil|10\.9/);
    }
  });

  const from = (address: string, binding: string | null = null) =>
    kinora.devices.begin({ address, requestId: null, userAgent: null }, binding);
  const isRefused = (address: string) => {
    try {
      from(address);
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate-limited' });
      return true;
    }
  };

  test('1,150 strangers from 115 addresses push nobody’s code out', async () => {
    const own = await begin();
    const approved = from('192.0.2.51');
    await approve(approved.userCode);
    const refused = Array.from({ length: 1_150 }, (_, i) => isRefused(`198.51.${100 + (i % 115)}.7`));
    expect(refused.filter(Boolean)).toHaveLength(0);
    expect(refused.length).toBe(1_150);
    expect((await approve(own.userCode)).status).toBe(200);
    wait(5);
    expect((await poll(own.deviceCode)).status).toBe(200);
    expect((await poll(approved.deviceCode)).status).toBe(200);
  });

  test('an address has ten codes at most, and then no more until one has expired', () => {
    for (let i = 0; i < 10; i += 1) expect(isRefused('198.51.100.1')).toBe(false);
    expect(isRefused('198.51.100.1')).toBe(true);
    expect(isRefused('198.51.100.2')).toBe(false);
    wait(600);
    expect(isRefused('198.51.100.1')).toBe(false);
  });

  test('a full table takes from the network that has most, never a code that was allowed, and stays bounded', async () => {
    const own = await begin();
    // One network of a provider with 200 addresses, ten codes each.
    const first = from('198.51.100.0');
    await approve(first.userCode);
    for (let i = 0; i < 2_500; i += 1) isRefused(`198.51.100.${i % 250}`);
    expect(kinora.devices.size).toBe(2_000);
    const late = await begin({ 'User-Agent': 'TV' });
    expect(kinora.devices.size).toBe(2_000);
    expect((await approve(own.userCode, 'look')).status).toBe(200);
    expect((await approve(late.userCode, 'look')).status).toBe(200);
    wait(5);
    expect((await poll(first.deviceCode)).status).toBe(200);
    // The network that has most gets no further ones.
    isRefused('198.51.100.251');
    expect(isRefused('198.51.100.252')).toBe(true);
  });

  test('a browser that asks again replaces its own code', () => {
    for (let i = 0; i < 30; i += 1) from('198.51.100.1', 'one browser');
    expect(kinora.devices.size).toBe(2);
  });
});
