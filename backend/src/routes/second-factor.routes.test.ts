import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { z } from 'zod';
import { proofLifetimeMs } from '../services/auth/second-factor/reauthentication.js';
import { TestAuthenticator } from '../test-support/authenticator.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';
import { signedInSchema } from './auth.schemas.js';
import { problemSchema } from './common.schemas.js';
import {
  passkeyCreationSchema,
  passkeyRequestSchema,
  passkeySchema,
  secondStepSchema,
  securitySchema,
} from './second-factor.schemas.js';

const password = 'correct horse battery';
const site = { id: 'localhost', origin: 'http://localhost:3000' };
/** What a browser on the page says with each request. */
const page = { Host: 'localhost:3000', Origin: site.origin };

let kinora: KinoraApi;
let ana: Awaited<ReturnType<KinoraApi['signIn']>>;

beforeEach(async () => {
  kinora = await openKinoraApi();
  ana = await kinora.signIn('ana', password);
});

afterEach(() => kinora.dispose());

interface Asked {
  token?: string;
  headers?: Record<string, string>;
  address?: string;
}

const ask = async (method: string, path: string, body?: unknown, asked: Asked = {}) => {
  const answer = await kinora.request(method, `/api${path}`, {
    headers: page,
    ...asked,
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    json: text === '' ? null : (JSON.parse(text) as unknown),
  };
};
const asAna = (method: string, path: string, body?: unknown) => ask(method, path, body, { token: ana.token });
const login = (given = password) => ask('POST', '/auth/login', { username: 'ana', password: given });
const parsed = <T extends z.ZodType>(schema: T, { json }: { json: unknown }): z.infer<T> =>
  schema.parse(json);
const codesSchema = z.object({ recoveryCodes: z.array(z.string()) });
const setUpSchema = z.object({ secret: z.string(), uri: z.string() });

/** The code of the app at the clock of the server, `offset` steps later. */
const codeOf = (secret: string, offset = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: kinora.clock.now + offset * 30_000 });

const addApp = async () => {
  const { secret } = parsed(setUpSchema, await asAna('POST', '/me/totp'));
  const { recoveryCodes } = parsed(
    codesSchema,
    await asAna('POST', '/me/totp/confirm', { code: codeOf(secret) }),
  );
  // The next sign-in is in another time step.
  kinora.clock.now += 30_000;
  return { secret, recoveryCodes };
};
const addPasskey = async (name = 'Key') => {
  const authenticator = new TestAuthenticator(site);
  const { token, options } = parsed(passkeyCreationSchema, await asAna('POST', '/me/passkeys/options'));
  const answer = await asAna('POST', '/me/passkeys', {
    token,
    name,
    response: authenticator.create(options),
  });
  expect(answer.status).toBe(201);
  return { authenticator, passkey: parsed(z.object({ passkey: passkeySchema }), answer).passkey };
};
const ticketOf = async () => parsed(secondStepSchema, await login()).ticket;
const secondStep = (body: object) => ask('POST', '/auth/login/second-factor', body);
const codeOfProblem = (answer: { json: unknown }) => parsed(problemSchema, answer).code;

describe('an authenticator app', () => {
  test('counts from its first code on, which comes with ten recovery codes', async () => {
    const { secret } = parsed(setUpSchema, await asAna('POST', '/me/totp'));
    expect((await login()).status).toBe(200);
    expect((await asAna('POST', '/me/totp/confirm', { code: '000000' })).status).toBe(400);
    const confirmed = await asAna('POST', '/me/totp/confirm', { code: codeOf(secret) });
    expect(new Set(parsed(codesSchema, confirmed).recoveryCodes).size).toBe(10);
    expect(confirmed.headers.get('Cache-Control')).toBe('no-store');
    expect((await asAna('POST', '/me/totp')).status).toBe(409);
    expect(parsed(securitySchema, await asAna('GET', '/me/security'))).toMatchObject({
      totp: { since: new Date(kinora.clock.now).toISOString() },
      recoveryCodesLeft: 10,
    });
    expect(await kinora.actions()).toContain('factor.app-added');
  });

  test('keeps its secret sealed', async () => {
    const { secret } = await addApp();
    const { default: Sqlite } = await import('better-sqlite3');
    const raw = new Sqlite(kinora.file, { readonly: true });
    const rows = JSON.stringify([
      raw.prepare('SELECT * FROM totp_secrets').all(),
      raw.prepare('SELECT * FROM recovery_codes').all(),
    ]);
    raw.close();
    expect(rows).toContain('"v1.');
    expect(rows).not.toContain(secret);
  });

  test('makes a second step of the sign-in, and only after the right password', async () => {
    const { secret } = await addApp();
    const wrong = await login('not the password');
    expect(wrong).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    const unknown = await ask('POST', '/auth/login', { username: 'nobody', password });
    const rest = ({ json }: { json: unknown }) => ({ ...parsed(problemSchema, { json }), requestId: '' });
    expect(rest(unknown)).toEqual(rest(wrong));

    const first = await login();
    expect(first.status).toBe(401);
    expect(first.headers.get('Set-Cookie')).toBeNull();
    const { ticket, methods, passkey } = parsed(secondStepSchema, first);
    expect({ methods, passkey }).toEqual({ methods: ['totp', 'recovery-code'], passkey: null });
    const second = await secondStep({ ticket, code: codeOf(secret) });
    expect(second.status).toBe(200);
    expect(second.headers.get('Set-Cookie')).toContain('kinora_refresh=');
    const { accessToken } = parsed(signedInSchema, second);
    expect((await ask('GET', '/me', undefined, { token: accessToken })).status).toBe(200);
  });

  test('a code signs in once, and none of an earlier step after it', async () => {
    const { secret } = await addApp();
    const code = codeOf(secret);
    expect((await secondStep({ ticket: await ticketOf(), code })).status).toBe(200);
    expect((await secondStep({ ticket: await ticketOf(), code })).status).toBe(400);
    expect((await secondStep({ ticket: await ticketOf(), code: codeOf(secret, -1) })).status).toBe(400);
    expect((await secondStep({ ticket: await ticketOf(), code: codeOf(secret, 1) })).status).toBe(200);
  });

  test('of many sign-ins at once with one code, one gets through', async () => {
    const { secret } = await addApp();
    const tickets = await Promise.all(Array.from({ length: 4 }, ticketOf));
    const code = codeOf(secret);
    const answers = await Promise.all(tickets.map((ticket) => secondStep({ ticket, code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('wrong codes are slowed for the account, from however many addresses', async () => {
    const { secret } = await addApp();
    const ticket = await ticketOf();
    const guess = (n: number) =>
      ask('POST', '/auth/login/second-factor', { ticket, code: '000000' }, { address: `198.51.100.${n}` });
    const statuses: number[] = [];
    for (let n = 1; n <= 10; n += 1) statuses.push((await guess(n)).status);
    // Five are free; from the sixth on each doubles the wait.
    expect(statuses.filter((status) => status === 400)).toHaveLength(6);
    expect(statuses.at(-1)).toBe(429);
    expect((await secondStep({ ticket, code: codeOf(secret) })).status).toBe(429);
    kinora.clock.now += 61_000;
    expect((await secondStep({ ticket, code: codeOf(secret) })).status).toBe(200);
    expect(await kinora.actions()).toContain('factor.refused');
  });

  describe('T37 while a stranger with the password enters wrong codes', () => {
    /** Enters wrong codes with a ticket until they are refused unread. */
    const useUpGuesses = async () => {
      const ticket = await ticketOf();
      const guess = () =>
        ask('POST', '/auth/login/second-factor', { ticket, code: '000000' }, { address: '198.51.100.66' });
      for (let n = 0; n < 9; n += 1) await guess();
      expect((await guess()).status).toBe(429);
      return guess;
    };
    const knownBrowser = async () => {
      const user = await kinora.users.findById(ana.user.id);
      if (!user) throw new Error('no user');
      return { ...page, Cookie: `kinora_known_device=${kinora.knownDevices.remember(null, user)}` };
    };

    test('the owner signs in from a known browser', async () => {
      const { secret } = await addApp();
      await useUpGuesses();
      const headers = await knownBrowser();
      const answer = await ask(
        'POST',
        '/auth/login/second-factor',
        { ticket: await ticketOf(), code: codeOf(secret) },
        { headers },
      );
      expect(answer.status).toBe(200);
    });

    test('the owner signs in from any browser by a recovery code', async () => {
      const { recoveryCodes } = await addApp();
      await useUpGuesses();
      const proof = { ticket: await ticketOf(), recoveryCode: recoveryCodes[0] };
      expect((await secondStep(proof)).status).toBe(200);
    });

    test('the owner confirms a live session, and enrols an app again', async () => {
      const { secret } = await addApp();
      await useUpGuesses();
      expect((await asAna('POST', '/auth/reauthenticate', { code: codeOf(secret) })).status).toBe(200);
      await addPasskey();
      expect((await asAna('DELETE', '/me/totp')).status).toBe(204);
      const renewed = parsed(setUpSchema, await asAna('POST', '/me/totp')).secret;
      expect((await asAna('POST', '/me/totp/confirm', { code: codeOf(renewed) })).status).toBe(200);
    });

    test('guesses from known browsers are limited by browser, and all of them together by account', async () => {
      const { secret } = await addApp();
      const ticket = await ticketOf();
      const allowed = async (headers: Record<string, string>) => {
        let count = 0;
        for (let n = 0; n < 12; n += 1) {
          const body = { ticket, code: '000000' };
          if ((await ask('POST', '/auth/login/second-factor', body, { headers })).status === 400) count += 1;
        }
        return count;
      };
      expect(await allowed(await knownBrowser())).toBe(10);
      expect(await allowed(await knownBrowser())).toBe(10);
      expect(await allowed(await knownBrowser())).toBe(0);
      expect((await asAna('POST', '/auth/reauthenticate', { code: '000000' })).status).toBe(429);
      kinora.clock.now += 15 * 60_000;
      const answer = await ask(
        'POST',
        '/auth/login/second-factor',
        { ticket: await ticketOf(), code: codeOf(secret) },
        { headers: await knownBrowser() },
      );
      expect(answer.status).toBe(200);
    });

    test('a cookie of another account does not count as known', async () => {
      await addApp();
      await useUpGuesses();
      const bob = await kinora.signIn('bob', password);
      const user = await kinora.users.findById(bob.user.id);
      if (!user) throw new Error('no user');
      const headers = { ...page, Cookie: `kinora_known_device=${kinora.knownDevices.remember(null, user)}` };
      const body = { ticket: await ticketOf(), code: '000000' };
      expect((await ask('POST', '/auth/login/second-factor', body, { headers })).status).toBe(429);
    });
  });

  test('T37 wrong recovery codes are limited by network, and do not slow codes of the app', async () => {
    const { secret } = await addApp();
    const ticket = await ticketOf();
    const guess = (address: string) =>
      ask('POST', '/auth/login/second-factor', { ticket, recoveryCode: 'BCDFG-HJKMN' }, { address });
    for (let n = 0; n < 10; n += 1) expect((await guess('198.51.100.66')).status).toBe(400);
    expect((await guess('198.51.100.66')).status).toBe(429);
    expect((await guess('203.0.113.7')).status).toBe(400);
    expect((await secondStep({ ticket, code: codeOf(secret) })).status).toBe(200);
  });

  test('is removed with its recovery codes', async () => {
    await addApp();
    expect((await asAna('DELETE', '/me/totp')).status).toBe(204);
    expect((await asAna('DELETE', '/me/totp')).status).toBe(404);
    expect((await login()).status).toBe(200);
    expect(parsed(securitySchema, await asAna('GET', '/me/security')).recoveryCodesLeft).toBe(0);
  });
});

test('a sign-in under way when the first factor is added is not written', async () => {
  const before = await kinora.users.findByUsername('ana');
  if (!before) throw new Error('no user');
  await addApp();
  const origin = { address: null, requestId: null, userAgent: null };
  await expect(kinora.auth.startByPassword(before, origin)).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

describe('a ticket', () => {
  test('is good once, five minutes long, and not after a change of the password', async () => {
    const { secret } = await addApp();
    const ticket = await ticketOf();
    expect((await secondStep({ ticket, code: codeOf(secret) })).status).toBe(200);
    expect(codeOfProblem(await secondStep({ ticket, code: codeOf(secret, 1) }))).toBe('unauthenticated');

    const late = await ticketOf();
    kinora.clock.now += 5 * 60_000;
    expect((await secondStep({ ticket: late, code: codeOf(secret) })).status).toBe(401);

    const before = await ticketOf();
    const change = { currentPassword: password, password: 'another horse battery' };
    expect((await asAna('PATCH', '/me', change)).status).toBe(200);
    expect((await secondStep({ ticket: before, code: codeOf(secret) })).status).toBe(401);
  });

  test('is no access token, and an access token is no ticket', async () => {
    await addApp();
    const ticket = await ticketOf();
    expect((await ask('GET', '/me', undefined, { token: ticket })).status).toBe(401);
    expect((await secondStep({ ticket: ana.token, code: '000000' })).status).toBe(401);
    expect((await secondStep({ ticket: 'forged', code: '000000' })).status).toBe(401);
  });
});

describe('recovery codes', () => {
  test('sign in once each, however they are typed, and are void when renewed', async () => {
    const { recoveryCodes } = await addApp();
    const [first = '', second = ''] = recoveryCodes;
    const typed = first.toLowerCase().replace('-', ' ');
    expect((await secondStep({ ticket: await ticketOf(), recoveryCode: typed })).status).toBe(200);
    expect((await secondStep({ ticket: await ticketOf(), recoveryCode: first })).status).toBe(400);
    expect(parsed(securitySchema, await asAna('GET', '/me/security')).recoveryCodesLeft).toBe(9);

    const renewed = parsed(codesSchema, await asAna('POST', '/me/recovery-codes')).recoveryCodes;
    expect(renewed).toHaveLength(10);
    expect((await secondStep({ ticket: await ticketOf(), recoveryCode: second })).status).toBe(400);
    expect((await secondStep({ ticket: await ticketOf(), recoveryCode: renewed[0] })).status).toBe(200);
    expect(await kinora.actions()).toEqual(
      expect.arrayContaining(['factor.recovery-used', 'factor.recovery-renewed']),
    );
  });

  test('one ticket uses up one of them, however many arrive at once', async () => {
    const { recoveryCodes } = await addApp();
    const ticket = await ticketOf();
    const four = recoveryCodes.slice(0, 4);
    const answers = await Promise.all(four.map((recoveryCode) => secondStep({ ticket, recoveryCode })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    expect(parsed(securitySchema, await asAna('GET', '/me/security')).recoveryCodesLeft).toBe(9);
  });

  test('a wrong one leaves the ticket valid', async () => {
    const { recoveryCodes } = await addApp();
    const ticket = await ticketOf();
    expect((await secondStep({ ticket, recoveryCode: 'BCDFG-HJKMN' })).status).toBe(400);
    expect((await secondStep({ ticket, recoveryCode: recoveryCodes[0] })).status).toBe(200);
  });

  test('are for accounts with a second factor', async () => {
    expect((await asAna('POST', '/me/recovery-codes')).status).toBe(409);
  });
});

describe('a passkey', () => {
  const signInByPasskey = async (authenticator: TestAuthenticator, quirks = {}) => {
    const { token, options } = parsed(passkeyRequestSchema, await ask('POST', '/auth/passkey/options'));
    return ask('POST', '/auth/passkey', { token, response: authenticator.get(options, quirks) });
  };

  test('signs in without a password, is named, and shows its last use', async () => {
    const { authenticator, passkey } = await addPasskey('Blue key');
    expect(passkey).toMatchObject({ name: 'Blue key', address: 'localhost', lastUsedAt: null });
    kinora.clock.now += 60_000;
    const answer = await signInByPasskey(authenticator);
    expect(answer.status).toBe(200);
    expect(parsed(signedInSchema, answer).user.username).toBe('ana');
    expect((await asAna('PATCH', `/me/passkeys/${passkey.id}`, { name: 'Red key' })).status).toBe(200);
    expect(parsed(securitySchema, await asAna('GET', '/me/security')).passkeys).toMatchObject([
      { name: 'Red key', lastUsedAt: new Date(kinora.clock.now).toISOString(), suspectedAt: null },
    ]);
  });

  test('is a second factor after the password', async () => {
    const { authenticator } = await addPasskey();
    const { ticket, methods, passkey } = parsed(secondStepSchema, await login());
    expect(methods).toEqual(['passkey', 'recovery-code']);
    const request = passkeyRequestSchema.parse(passkey);
    const answer = { token: request.token, response: authenticator.get(request.options) };
    expect((await secondStep({ ticket, passkey: answer })).status).toBe(200);
    const again = parsed(secondStepSchema, await login()).ticket;
    expect((await secondStep({ ticket: again, passkey: answer })).status).toBe(400);
  });

  test('a challenge is good once, five minutes long, and for its purpose only', async () => {
    const { authenticator } = await addPasskey();
    const request = parsed(passkeyRequestSchema, await ask('POST', '/auth/passkey/options'));
    const answer = { token: request.token, response: authenticator.get(request.options) };
    expect((await ask('POST', '/auth/passkey', answer)).status).toBe(200);
    expect((await ask('POST', '/auth/passkey', answer)).status).toBe(401);

    const late = parsed(passkeyRequestSchema, await ask('POST', '/auth/passkey/options'));
    kinora.clock.now += 5 * 60_000;
    const lateAnswer = { token: late.token, response: authenticator.get(late.options) };
    expect((await ask('POST', '/auth/passkey', lateAnswer)).status).toBe(401);

    const other = passkeyRequestSchema.parse(parsed(secondStepSchema, await login()).passkey);
    const otherAnswer = { token: other.token, response: authenticator.get(other.options) };
    expect((await ask('POST', '/auth/passkey', otherAnswer)).status).toBe(401);
  });

  test.each([
    ['another page', { origin: 'https://evil.example' }],
    ['another site', { rpId: 'evil.example' }],
    ['another challenge', { challenge: 'AAAA' }],
    ['nobody having unlocked it', { userVerified: false }],
  ])('does not sign in with %s', async (_, quirks) => {
    const { authenticator } = await addPasskey();
    expect((await signInByPasskey(authenticator, quirks)).status).toBe(401);
    expect((await signInByPasskey(authenticator)).status).toBe(200);
  });

  test('one that nobody registered does not sign in', async () => {
    expect((await signInByPasskey(new TestAuthenticator(site))).status).toBe(401);
    expect(await kinora.actions()).toContain('session.refused');
  });

  test('is suspected, and refused, when its counter does not grow', async () => {
    const { authenticator } = await addPasskey();
    authenticator.counter = 7;
    expect((await signInByPasskey(authenticator)).status).toBe(200);
    authenticator.counter = 6;
    expect((await signInByPasskey(authenticator)).status).toBe(401);
    expect((await signInByPasskey(Object.assign(authenticator, { counter: 7 }))).status).toBe(401);
    expect(
      parsed(securitySchema, await asAna('GET', '/me/security')).passkeys[0]?.suspectedAt,
    ).not.toBeNull();
    expect(await kinora.actions()).toContain('factor.passkey-suspected');
    expect((await signInByPasskey(Object.assign(authenticator, { counter: 8 }))).status).toBe(200);
  });

  test('belongs to one account: another cannot register, rename, remove or confirm with it', async () => {
    const { authenticator, passkey } = await addPasskey();
    const bob = await kinora.signIn('bob', password);
    const asBob = (method: string, path: string, body?: unknown) =>
      ask(method, path, body, { token: bob.token });
    const { token, options } = parsed(passkeyCreationSchema, await asBob('POST', '/me/passkeys/options'));
    const taken = { token, name: 'Mine', response: authenticator.create(options) };
    expect((await asBob('POST', '/me/passkeys', taken)).status).toBe(409);
    expect((await asBob('PATCH', `/me/passkeys/${passkey.id}`, { name: 'Mine' })).status).toBe(404);
    expect((await asBob('DELETE', `/me/passkeys/${passkey.id}`)).status).toBe(404);
    const stolen = parsed(passkeyCreationSchema, await asAna('POST', '/me/passkeys/options'));
    const foreign = {
      token: stolen.token,
      name: 'x',
      response: new TestAuthenticator(site).create(stolen.options),
    };
    expect((await asBob('POST', '/me/passkeys', foreign)).status).toBe(400);
  });

  test('a disabled account is not signed in by its passkey', async () => {
    const { authenticator } = await addPasskey();
    const user = await kinora.users.findById(ana.user.id);
    if (user) await kinora.users.save(Object.assign(user, { disabledAt: new Date(kinora.clock.now) }));
    expect((await signInByPasskey(authenticator)).status).toBe(401);
  });

  test('is removed with the recovery codes when it was the last factor', async () => {
    const { passkey } = await addPasskey();
    expect((await asAna('DELETE', `/me/passkeys/${passkey.id}`)).status).toBe(204);
    expect((await login()).status).toBe(200);
    expect(parsed(securitySchema, await asAna('GET', '/me/security'))).toMatchObject({
      passkeys: [],
      recoveryCodesLeft: 0,
    });
  });

  test('there is none at an address where browsers offer none', async () => {
    const plain = { Host: 'nas.local', Origin: 'http://nas.local' };
    const asked = { token: ana.token, headers: plain };
    expect((await ask('POST', '/me/passkeys/options', undefined, asked)).status).toBe(409);
    expect((await ask('POST', '/auth/passkey/options', undefined, { headers: plain })).status).toBe(409);
  });
});

describe('proving once more who is signed in', () => {
  const renew = () => asAna('POST', '/me/recovery-codes');
  /** Until the proof is too old; the access token, which would be too, is a new one of the same session. */
  const wait = async () => {
    const { sessionId } = await kinora.auth.authenticate(ana.token);
    kinora.clock.now += proofLifetimeMs;
    ana.token = await kinora.accessTokens.issue({ userId: ana.user.id, sessionId, role: 'user' });
  };

  test('is asked for before what matters when the latest proof is ten minutes old, and answered in the words of RFC 9470', async () => {
    kinora.clock.now += proofLifetimeMs - 1;
    expect((await renew()).status).toBe(409);
    kinora.clock.now += 1;
    const refused = await renew();
    expect(refused).toMatchObject({ status: 401, json: { code: 'reauthentication-required' } });
    expect(refused.headers.get('WWW-Authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", max_age="600"',
    );
    expect((await asAna('GET', '/me')).status).toBe(200);
    expect((await asAna('POST', '/auth/reauthenticate', { password: 'wrong' })).status).toBe(400);
    expect((await renew()).status).toBe(401);
    const proven = await asAna('POST', '/auth/reauthenticate', { password });
    const until = new Date(kinora.clock.now + proofLifetimeMs).toISOString();
    expect(proven).toMatchObject({ status: 200, json: { until } });
    expect((await renew()).status).toBe(409);
    expect(await kinora.actions()).toEqual(
      expect.arrayContaining(['session.confirmed', 'session.not-confirmed']),
    );
  });

  test('by a code or a passkey as well', async () => {
    const { secret } = await addApp();
    const { authenticator } = await addPasskey();
    await wait();
    expect((await asAna('POST', '/auth/reauthenticate', { code: codeOf(secret) })).status).toBe(200);
    await wait();
    const options = await asAna('POST', '/auth/reauthenticate/options');
    const schema = z.object({ totp: z.literal(true), passkey: passkeyRequestSchema });
    const { passkey } = parsed(schema, options);
    const answer = { token: passkey.token, response: authenticator.get(passkey.options) };
    expect((await asAna('POST', '/auth/reauthenticate', { passkey: answer })).status).toBe(200);
    expect((await renew()).status).toBe(200);
  });

  test('by a recovery code, which is used up', async () => {
    const { recoveryCodes } = await addApp();
    await wait();
    const proof = { recoveryCode: recoveryCodes[0] };
    expect((await asAna('POST', '/auth/reauthenticate', proof)).status).toBe(200);
    expect((await asAna('POST', '/auth/reauthenticate', proof)).status).toBe(400);
    expect((await renew()).status).toBe(200);
  });

  test('the options name the password only for an account without second factors', async () => {
    const options = async () => (await asAna('POST', '/auth/reauthenticate/options')).json;
    expect(await options()).toEqual({ password: true, totp: false, recoveryCode: false, passkey: null });
    await addApp();
    expect(await options()).toEqual({ password: false, totp: true, recoveryCode: true, passkey: null });
  });

  test.each([
    ['an app', addApp],
    ['a passkey', addPasskey],
  ])('the password alone does not confirm a session of an account with %s', async (_, addFactor) => {
    await addFactor();
    await wait();
    const refused = await asAna('POST', '/auth/reauthenticate', { password });
    expect(refused).toMatchObject({ status: 400, json: { errors: [{ field: 'body.password' }] } });
    for (const [method, path] of [
      ['DELETE', '/me/totp'],
      ['POST', '/me/recovery-codes'],
      ['POST', '/me/passkeys/options'],
    ] as const)
      expect(codeOfProblem(await asAna(method, path))).toBe('reauthentication-required');
    expect(await kinora.actions()).toContain('session.not-confirmed');
  });

  test('a proof counts for its own session alone, and a TV signed in from elsewhere has none', async () => {
    await wait();
    expect((await asAna('POST', '/auth/reauthenticate', { password })).status).toBe(200);
    const { deviceCode, userCode } = kinora.devices.begin(
      { address: null, requestId: null, userAgent: null },
      null,
    );
    const principal = await kinora.auth.authenticate(ana.token);
    const origin = { address: '192.0.2.1', requestId: null, userAgent: null };
    await kinora.devices.decide(userCode, true, principal, origin);
    const redeemed = await kinora.devices.redeem(deviceCode, null, origin);
    if (redeemed.kind !== 'signed-in') throw new Error(redeemed.kind);
    const { accessToken: token } = redeemed.signedIn;
    expect(codeOfProblem(await ask('POST', '/me/recovery-codes', undefined, { token }))).toBe(
      'reauthentication-required',
    );
  });

  test('cannot bring an ended session back', async () => {
    await wait();
    const principal = await kinora.auth.authenticate(ana.token);
    await kinora.auth.endSessions(ana.user.id, 'revoked');
    expect(await kinora.sessions.markAuthenticated(principal.sessionId, new Date(kinora.clock.now))).toBe(
      false,
    );
  });
});

describe('an administrator', () => {
  test('takes the second factors of somebody who has lost them away', async () => {
    await addApp();
    await addPasskey();
    const root = await kinora.signIn('root', password, 'admin');
    const path = `/users/${ana.user.id}/second-factor`;
    expect((await asAna('DELETE', path)).status).toBe(403);
    expect((await ask('DELETE', path, undefined, { token: root.token })).status).toBe(204);
    expect(
      (await ask('DELETE', '/users/nobody/second-factor', undefined, { token: root.token })).status,
    ).toBe(404);
    expect((await login()).status).toBe(200);
    expect(await kinora.actions()).toContain('factor.reset');
  });
});
