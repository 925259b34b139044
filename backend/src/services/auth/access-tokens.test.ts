import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { aKey, openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import { AccessTokens } from './access-tokens.js';

let kinora: TestAuth;
let good: string;
let claims: Record<string, unknown>;

beforeAll(async () => {
  kinora = await openTestAuth();
  const user = await kinora.createUser('ana', 'correct horse');
  good = (await kinora.auth.startSession(user, origin)).accessToken;
  claims = JSON.parse(Buffer.from(String(good.split('.')[1]), 'base64url').toString()) as Record<
    string,
    unknown
  >;
});

afterAll(() => kinora.dispose());

const seconds = () => Math.floor(kinora.clock.now / 1000);
const header = () => ({ alg: 'HS256', kid: kinora.keys[0].id, typ: 'at+jwt' });

/** Signed with our own key, so that only the one thing named is wrong with it. */
function forge(
  change: Record<string, unknown>,
  head: Record<string, unknown> = {},
  key = kinora.keys[0].key,
): Promise<string> {
  const payload = Object.fromEntries(
    Object.entries({ ...claims, ...change }).filter(([, value]) => value !== undefined),
  );
  return new SignJWT(payload).setProtectedHeader({ ...header(), ...head }).sign(key);
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const forgeries: Record<string, () => string | Promise<string>> = {
  nothing: () => '',
  'no token at all': () => 'abc',
  'two parts': () => good.split('.').slice(0, 2).join('.'),
  'four parts': () => `${good}.x`,
  'no signature': () => `${good.split('.').slice(0, 2).join('.')}.`,
  'one character of the signature changed': () =>
    good.slice(0, -2) + (good.at(-2) === 'A' ? 'B' : 'A') + good.slice(-1),
  'claims changed': () => good.replace(/\.[^.]+\./, `.${encode({ ...claims, role: 'admin' })}.`),
  'alg none': () => `${encode({ ...header(), alg: 'none' })}.${encode(claims)}.`,
  'alg None': () => `${encode({ ...header(), alg: 'None' })}.${encode(claims)}.`,
  'alg none with a signature': () =>
    `${encode({ ...header(), alg: 'none' })}.${encode(claims)}.${String(good.split('.')[2])}`,
  'alg missing': () => `${encode({ typ: 'at+jwt' })}.${encode(claims)}.${String(good.split('.')[2])}`,
  'HS512 with our key': () => forge({}, { alg: 'HS512' }),
  'HS384 with our key': () => forge({}, { alg: 'HS384' }),
  RS256: async () => {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT(claims).setProtectedHeader({ ...header(), alg: 'RS256' }).sign(privateKey);
  },
  'HMAC with a public key as the secret': async () => {
    const { publicKey } = await generateKeyPair('RS256', { extractable: true });
    return forge({}, {}, new TextEncoder().encode(await exportSPKI(publicKey)));
  },
  'another key': () => forge({}, {}, aKey('x').key),
  'another key of the same id': () => forge({}, { kid: kinora.keys[0].id }, aKey('x').key),
  'an empty key': () => forge({}, {}, new Uint8Array(32)),
  'kid unknown': () => forge({}, { kid: 'two' }),
  'kid missing': () => forge({}, { kid: undefined }),
  'kid a path': () => forge({}, { kid: '../../dev/null' }),
  'kid a key of Object': () => forge({}, { kid: '__proto__' }),
  'kid a number': () => `${encode({ ...header(), kid: 0 })}.${encode(claims)}.AAAA`,
  jku: () => forge({}, { kid: 'two', jku: 'https://attacker.example/keys' }),
  'its own key in the header': () => forge({}, { kid: 'two', jwk: { kty: 'oct', k: 'AAAA' } }, aKey('x').key),
  'crit unknown': () => `${encode({ ...header(), crit: ['x'], x: 1 })}.${encode(claims)}.AAAA`,
  'typ JWT': () => forge({}, { typ: 'JWT' }),
  'typ missing': () => forge({}, { typ: undefined }),
  'typ of a grant': () => forge({}, { typ: 'grant+jwt' }),
  'a real grant': () =>
    kinora.grants.sign({ playbackId: 'p', userId: String(claims.sub), sessionId: String(claims.sid) }),
  'a refresh token': () => `${String(claims.sid)}.0.${'A'.repeat(43)}`,
  'no exp': () => forge({ exp: undefined }),
  'exp a text': () => forge({ exp: '9999999999' }),
  'expired a second ago': () => forge({ iat: seconds() - 901, exp: seconds() - 1 }),
  'expired just now': () => forge({ iat: seconds() - 900, exp: seconds() }),
  'living too long': () => forge({ iat: seconds() - 3_600, exp: seconds() + 3_600 }),
  'made in the future': () => forge({ iat: seconds() + 3_600, exp: seconds() + 4_000 }),
  'not yet valid': () => forge({ nbf: seconds() + 3_600 }),
  'no iat': () => forge({ iat: undefined }),
  'no iss': () => forge({ iss: undefined }),
  'iss of someone else': () => forge({ iss: 'attacker' }),
  'no aud': () => forge({ aud: undefined }),
  'aud of grants': () => forge({ aud: 'kinora-stream' }),
  'no sub': () => forge({ sub: undefined }),
  'sub empty': () => forge({ sub: '' }),
  'sub of someone else': () => forge({ sub: 'someone-else' }),
  'no sid': () => forge({ sid: undefined }),
  'sid of no session': () => forge({ sid: 'no-such-session' }),
  'sid an object': () => forge({ sid: { $ne: null } }),
  'no jti': () => forge({ jti: undefined }),
  'no role': () => forge({ role: undefined }),
  'role unknown': () => forge({ role: 'root' }),
  'longer than 4 KiB': () => forge({ padding: 'x'.repeat(16_384) }),
};

describe('T33 access tokens', () => {
  test('the good one is accepted', async () => {
    expect(await kinora.auth.authenticate(good)).toMatchObject({
      username: 'ana',
      role: 'user',
      userId: claims.sub,
    });
    expect(await kinora.auth.authenticate(await forge({}))).toMatchObject({ username: 'ana' });
  });

  test.each(Object.entries(forgeries))('%s: refused in the same words as every other', async (_, make) => {
    await expect(kinora.auth.authenticate(await make())).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'You are not signed in, or your sign-in has ended.',
    });
  });

  test('a role in the token is not believed: the database decides', async () => {
    expect(await kinora.auth.authenticate(await forge({ role: 'admin' }))).toMatchObject({ role: 'user' });
  });

  test('keys change without signing anyone out', async () => {
    const next = aKey('two');
    const now = () => kinora.clock.now;
    const changed = new AccessTokens(() => [next, ...kinora.keys], now);
    expect((await changed.verify(good)).sub).toBe(claims.sub);
    const fresh = await changed.issue({ userId: 'u', sessionId: 's', role: 'user' });
    expect(JSON.parse(Buffer.from(String(fresh.split('.')[0]), 'base64url').toString())).toMatchObject({
      kid: 'two',
    });
    await expect(new AccessTokens(() => [next], now).verify(good)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});
