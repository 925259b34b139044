import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../logging/logger.js';
import { MemoryRateLimitStore } from '../middleware/memory.rate-limit-store.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

let kinora: KinoraApi;
let lines: string[];
let admin: Awaited<ReturnType<KinoraApi['signIn']>>;

beforeEach(async () => {
  lines = [];
  const logger = createLogger({
    level: 'trace',
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  kinora = await openKinoraApi({
    logger,
    rateLimitStore: new MemoryRateLimitStore({ now: () => kinora.clock.now }),
  });
  admin = await kinora.signIn('root', 'correct horse', 'admin');
});

afterEach(() => kinora.dispose());

const get = (path: string, token = admin.token) => kinora.request('GET', path, { token });
const post = (path: string, body: object, headers = {}) => kinora.request('POST', path, { body, headers });
const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
const list = async (query = '') => {
  const body = await bodyOf(await get(`/api/admin/audit${query}`));
  return { total: body['total'], items: body['items'] as Record<string, unknown>[] };
};

describe('the audit log', () => {
  test('is filtered by area, action, person, outcome and time, in pages', async () => {
    const ana = await kinora.signIn('ana', 'correct horse');
    kinora.clock.now += 60_000;
    await post('/api/auth/login', { username: 'ana', password: 'wrong horse' });
    await post('/api/auth/login', { username: 'ana', password: 'correct horse' });
    const since = new Date(kinora.clock.now).toISOString();

    expect(await list()).toMatchObject({
      total: 4,
      items: [{ action: 'session.created', position: 4 }, {}, {}, {}],
    });
    expect(await list('?action=session')).toMatchObject({ total: 4 });
    expect(await list('?action=session.refused')).toMatchObject({ total: 1, items: [{ outcome: 'denied' }] });
    expect(await list('?outcome=denied')).toMatchObject({ total: 1 });
    expect(await list(`?actorId=${ana.user.id}`)).toMatchObject({ total: 3 });
    expect(await list(`?since=${since}`)).toMatchObject({ total: 2 });
    expect(await list(`?until=${since}`)).toMatchObject({ total: 2 });
    expect(await list('?page=2&pageSize=3')).toMatchObject({ total: 4, items: [{ position: 1 }] });
    expect(await list('?action=sess')).toMatchObject({ total: 0 });
    for (const wrong of ['?outcome=x', '?since=yesterday', "?action=a'b", '?pageSize=101']) {
      expect((await get(`/api/admin/audit${wrong}`)).status).toBe(400);
    }
    expect(await bodyOf(await get('/api/admin/audit/verify'))).toEqual({
      intact: true,
      checked: 4,
      position: null,
      fault: null,
    });
  });

  test('is exported as JSON lines and as CSV, whole, and that is recorded', async () => {
    await kinora.audit.record({
      action: 'playback.started',
      outcome: 'ok',
      actor: { id: '1', name: '=HYPERLINK("http://evil")' },
      origin: { address: null, requestId: null, userAgent: null },
      detail: { title: 'a "quoted", title' },
    });
    const jsonl = await get('/api/admin/audit/export');
    expect(jsonl.headers.get('Content-Disposition')).toBe('attachment; filename="kinora-audit.jsonl"');
    const events = (await jsonl.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { position: number });
    expect(events.map(({ position }) => position)).toEqual([1, 2, 3]);

    const csv = await (await get('/api/admin/audit/export?format=csv&action=playback')).text();
    const [header, line, rest] = csv.split('\r\n');
    expect(header).toMatch(/^position,at,action/);
    expect(line).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(line).toContain(`"{""title"":""a \\""quoted\\"", title""}"`);
    expect(rest).toBe('');
    expect(await list('?action=audit.exported')).toMatchObject({ total: 2 });
  });

  test('keeps refusals by role and by rate, with who was refused what', async () => {
    const ana = await kinora.signIn('ana', 'correct horse');
    await get('/api/users?page=1', ana.token);
    await get('/api/users', ana.token);
    for (let i = 0; i < 12; i += 1) await post('/api/setup', {});
    await kinora.audit.stop();
    const { items } = await list('?action=access.refused');
    expect(items).toMatchObject([
      { actorId: null, address: '192.0.2.1', detail: { status: 429, method: 'POST', path: '/api/setup' } },
      { actorName: 'ana', outcome: 'denied', detail: { status: 403, method: 'GET', path: '/api/users' } },
    ]);
  });
});

test('T48 no secret is in the log or the audit log after a walk through everything that handles secrets', async () => {
  const secrets: string[] = [];
  const keep = (value: unknown): string => {
    if (typeof value !== 'string' || value.length < 8) throw new Error(`no secret: ${String(value)}`);
    secrets.push(value);
    return value;
  };
  const cookieOf = (answer: Response) => {
    const cookie = String(answer.headers.get('Set-Cookie')).split(';')[0] ?? '';
    keep(cookie.split('=')[1]);
    return cookie;
  };
  const password = keep('canary-password-1');
  const wrong = keep('canary-password-2');
  const next = keep('canary-password-3');
  keep(admin.token);

  await post('/api/setup', { code: keep('CANARY-CODE-1'), username: 'eve', password });
  await kinora.request('POST', '/api/users', { token: admin.token, body: { username: 'ana', password } });
  await post('/api/auth/login', { username: wrong, password: wrong });
  const login = await post('/api/auth/login', { username: 'ana', password });
  const cookie = cookieOf(login);
  const first = await bodyOf(login);
  const refreshed = await post('/api/auth/refresh', {}, { Cookie: cookie });
  const newest = cookieOf(refreshed);
  const token = keep((await bodyOf(refreshed))['accessToken']);
  keep(first['accessToken']);
  await kinora.request('PATCH', '/api/me', { token, body: { password: next, currentPassword: wrong } });
  await kinora.request('PATCH', '/api/me', { token, body: { password: next, currentPassword: password } });

  const device = await bodyOf(
    await post('/api/auth/device', {}, { Origin: 'http://kinora.test', Host: 'kinora.test' }),
  );
  await kinora.request('POST', '/api/auth/device/approve', {
    token,
    body: { userCode: keep(device['userCode']) },
  });
  await post('/api/auth/device/token', { deviceCode: keep(device['deviceCode']) });

  const magnet = `magnet:?xt=urn:btih:${kinora.film.metadata.infoHash}`;
  const play = await bodyOf(await kinora.request('POST', '/api/playback', { token, body: { magnet } }));
  const url = String(play['url']);
  keep(url.split('/').at(-1));
  await kinora.request('HEAD', url);
  await kinora.request('HEAD', `${url}x`);
  await kinora.request('GET', `/api/me?access_token=${token}`, { token: `${token}x` });

  kinora.clock.now += 60_000;
  await post('/api/auth/refresh', {}, { Cookie: newest });
  kinora.clock.now += 60_000;
  await post('/api/auth/refresh', {}, { Cookie: cookie });
  await post('/api/auth/logout', {}, { Cookie: newest });
  await kinora.audit.stop();

  expect(secrets.length).toBeGreaterThanOrEqual(12);
  const trail = await (await get('/api/admin/audit/export')).text();
  const log = lines.join('');
  expect(log).toContain('/api/auth/login');
  expect(trail).toContain('session.token-reused');
  for (const secret of secrets) {
    expect(log).not.toContain(secret);
    expect(trail).not.toContain(secret);
  }
});
