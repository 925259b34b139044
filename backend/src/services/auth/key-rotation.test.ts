import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { loadSecrets, rotateSigningKeys, SecretsError, secretsFile } from '../../encryption/secrets.js';
import { createLogger } from '../../logging/logger.js';
import { AccessTokens } from './access-tokens.js';
import { PlaybackGrants } from './playback-grants.js';
import { SigningKeys } from './signing-keys.js';

let folder: string;

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'kinora-keys-')), 'secrets');
});

afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

const start = async () => {
  const secrets = await loadSecrets(folder);
  const tokens = new AccessTokens(() => secrets.accessToken, Date.now);
  const grants = new PlaybackGrants(
    () => secrets.grant,
    () => Promise.resolve(true),
    Date.now,
  );
  return { secrets, tokens, grants };
};
const session = { userId: 'u', sessionId: 's', role: 'user' } as const;
const play = { playbackId: 'p', userId: 'u', sessionId: 's' };

test('new keys sign, the ones before still verify, and what is not for signing stays', async () => {
  const before = await start();
  const [token, grant] = [await before.tokens.issue(session), await before.grants.sign(play)];
  await rotateSigningKeys(folder);
  const after = await start();
  expect(await after.tokens.verify(token)).toMatchObject({ sub: 'u', sid: 's' });
  expect(await after.grants.verify(grant)).toEqual(play);
  const newToken = await after.tokens.issue(session);
  expect(decodeProtectedHeader(newToken).kid).not.toBe(decodeProtectedHeader(token).kid);
  await expect(before.tokens.verify(newToken)).rejects.toThrow();
  expect(after.secrets.refreshKey).toEqual(before.secrets.refreshKey);
  expect(after.secrets.passwordPepper).toEqual(before.secrets.passwordPepper);
  expect((await stat(path.join(folder, 'keys.json'))).mode & 0o777).toBe(0o600);
});

test('T33 a key that was rotated away four times ago is no longer believed', async () => {
  const token = await (await start()).tokens.issue(session);
  for (let i = 0; i < 3; i += 1) await rotateSigningKeys(folder);
  await expect((await start()).tokens.verify(token)).resolves.toBeDefined();
  await rotateSigningKeys(folder);
  await expect((await start()).tokens.verify(token)).rejects.toThrow();
  expect((await start()).secrets.accessToken).toHaveLength(4);
});

test('without keys there is nothing to rotate', async () => {
  await expect(rotateSigningKeys(folder)).rejects.toThrow(SecretsError);
});

describe('a running server', () => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    pretty: false,
    destination: { write: (line) => void lines.push(line) },
  });
  let keys: SigningKeys;

  const follow = async () => {
    lines.length = 0;
    keys = new SigningKeys({ folder, secrets: await loadSecrets(folder), logger, everyMs: 10 });
    keys.start();
    return new AccessTokens(keys.accessToken, Date.now);
  };
  const logged = async (text: string) => {
    while (!lines.some((line) => line.includes(text))) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  afterEach(() => keys.stop());

  test('signs with rotated keys without a start, and signs nobody out', async () => {
    const tokens = await follow();
    const [old, secretsBefore] = [await tokens.issue(session), await readFile(secretsFile(folder), 'utf8')];
    await rotateSigningKeys(folder);
    await logged('signing keys rotated');
    const fresh = await tokens.issue(session);
    expect(decodeProtectedHeader(fresh).kid).not.toBe(decodeProtectedHeader(old).kid);
    for (const token of [old, fresh]) expect(await tokens.verify(token)).toMatchObject({ sub: 'u' });
    const grants = new PlaybackGrants(keys.grant, () => Promise.resolve(true), Date.now);
    expect(decodeProtectedHeader(await grants.sign(play)).kid).toBe(keys.grant()[0].id);
    const secrets = [...secretsBefore.matchAll(/"key": "([^"]+)"/g)].map(([, key]) => key ?? '');
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets.filter((secret) => lines.join('').includes(secret))).toEqual([]);
  });

  test.each([
    ['that is empty', () => ''],
    ['of another server', (text: string) => text.replace(/"refreshKey": "[^"]{4}/, '"refreshKey": "AAAA')],
  ])('goes on with its keys beside a file %s', async (_, change) => {
    const tokens = await follow();
    const token = await tokens.issue(session);
    await writeFile(secretsFile(folder), change(await readFile(secretsFile(folder), 'utf8')));
    await logged('cannot be used');
    expect(await tokens.verify(token)).toMatchObject({ sub: 'u' });
    expect(decodeProtectedHeader(await tokens.issue(session)).kid).toBe(decodeProtectedHeader(token).kid);
  });
});
