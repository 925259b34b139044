import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { loadSecrets, rotateSigningKeys, SecretsError } from '../../encryption/secrets.js';
import { AccessTokens } from './access-tokens.js';
import { PlaybackGrants } from './playback-grants.js';

let folder: string;

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'kinora-keys-')), 'secrets');
});

afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

const start = async () => {
  const secrets = await loadSecrets(folder);
  const tokens = new AccessTokens(secrets.accessToken, Date.now);
  const grants = new PlaybackGrants(secrets.grant, () => Promise.resolve(true), Date.now);
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
