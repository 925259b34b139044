import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writePrivateFile } from './atomic-file.js';
import { loadSecrets } from './secrets.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-secrets-'));
  file = join(folder, 'secrets', 'keys.json');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('secrets', () => {
  test('T49 are made once, for the owner only, and are the same at the next start', async () => {
    const first = await loadSecrets(join(folder, 'secrets'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'secrets'))).toEqual(['keys.json']);
    expect(await loadSecrets(join(folder, 'secrets'))).toEqual(first);
  });

  test('T49 a file that others may read is closed to them', async () => {
    await loadSecrets(join(folder, 'secrets'));
    await chmod(file, 0o644);
    await loadSecrets(join(folder, 'secrets'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('are all different and 256 bits long', async () => {
    const secrets = await loadSecrets(join(folder, 'secrets'));
    const keys = [
      secrets.accessToken[0].key,
      secrets.grant[0].key,
      secrets.refreshKey,
      secrets.passwordPepper,
    ];
    expect(keys.map((key) => key.length)).toEqual([32, 32, 32, 32]);
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(4);
  });

  test('of starts at the same moment all agree', async () => {
    const loaded = await Promise.all(Array.from({ length: 20 }, () => loadSecrets(join(folder, 'secrets'))));
    expect(new Set(loaded.map((secrets) => JSON.stringify(secrets))).size).toBe(1);
  });

  test('T49 are not made anew where there are accounts: the lost file is asked for, at every start', async () => {
    for (let start = 0; start < 2; start += 1) {
      await expect(loadSecrets(join(folder, 'secrets'), { mayCreate: false })).rejects.toThrow(
        'it is missing',
      );
    }
    await loadSecrets(join(folder, 'secrets'));
    await expect(loadSecrets(join(folder, 'secrets'), { mayCreate: false })).resolves.toBeDefined();
  });

  test.each([
    ['empty', ''],
    ['torn', '{"version": 1, "acc'],
    ['of another version', '{"version": 2}'],
    ['a list', '[]'],
  ])('T49 a file that is %s is refused and left alone', async (_, text) => {
    await loadSecrets(join(folder, 'secrets'));
    await writeFile(file, text);
    await expect(loadSecrets(join(folder, 'secrets'))).rejects.toMatchObject({ name: 'SecretsError' });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('T48 a refusal names the wrong field and shows no value', async () => {
    await loadSecrets(join(folder, 'secrets'));
    const text = await readFile(file, 'utf8');
    const pepper = /"passwordPepper": "(.*)"/.exec(text)?.[1] ?? '';
    await writeFile(file, text.replace(pepper, pepper.slice(0, 20)));
    const refusal = loadSecrets(join(folder, 'secrets'));
    await expect(refusal).rejects.toThrow('passwordPepper');
    await expect(refusal).rejects.not.toThrow(pepper.slice(0, 20));
  });

  test('a place that cannot be written is told in one line', async () => {
    await writeFile(join(folder, 'secrets'), 'a file where the folder should be');
    await expect(loadSecrets(join(folder, 'secrets'))).rejects.toMatchObject({ name: 'SecretsError' });
  });
});

test('T49 a private file is replaced whole, and nothing else is left beside it', async () => {
  await writePrivateFile(file, 'old');
  await Promise.all(Array.from({ length: 20 }, (_, i) => writePrivateFile(file, String(i).repeat(10_000))));
  expect(await readFile(file, 'utf8')).toMatch(/^(\d{1,2})\1{9999}$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'secrets'))).toEqual(['keys.json']);
});
