import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { KeyRing } from './secrets.js';
import { addStorageKey, loadStorageKeys, retireStorageKeys } from './storage-keys.js';
import { unwrapKey, wrapKey } from './wrapped-key.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinora-storage-keys-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('storage keys', () => {
  test('T49 are made once, for the owner only; starts at the same moment agree', async () => {
    const rings = await Promise.all(Array.from({ length: 10 }, () => loadStorageKeys(folder)));
    expect(new Set(rings.map((ring) => JSON.stringify(ring))).size).toBe(1);
    expect(rings[0]?.[0].key).toHaveLength(32);
    expect((await stat(join(folder, 'storage-keys.json'))).mode & 0o777).toBe(0o600);
  });

  test('rotate: the new one first, the old ones until they are retired', async () => {
    const [old] = await loadStorageKeys(folder);
    const ring = await addStorageKey(folder);
    expect(ring).toHaveLength(2);
    expect(ring[1]).toEqual(old);
    expect(await loadStorageKeys(folder)).toEqual(ring);
    expect(await retireStorageKeys(folder)).toEqual([ring[0]]);
    expect(await loadStorageKeys(folder)).toEqual([ring[0]]);
  });

  test('T48 a damaged file is refused, left alone and not quoted', async () => {
    await writeFile(join(folder, 'storage-keys.json'), '{"keys": "hush');
    const refusal = loadStorageKeys(folder);
    await expect(refusal).rejects.toMatchObject({ name: 'SecretsError' });
    await expect(refusal).rejects.not.toThrow('hush');
    expect(await readFile(join(folder, 'storage-keys.json'), 'utf8')).toBe('{"keys": "hush');
  });
});

describe('a wrapped key', () => {
  const masters: KeyRing = [{ id: 'm1', key: Buffer.alloc(32, 1) }];
  const key = Buffer.alloc(32, 9);

  test('opens with its master key, for its purpose, and is different each time', () => {
    const wrapped = wrapKey(key, masters, 'a');
    expect(unwrapKey(wrapped, masters, 'a')).toEqual(key);
    expect(unwrapKey(wrapped, masters, 'b')).toBe('damaged');
    expect(wrapKey(key, masters, 'a').sealed).not.toBe(wrapped.sealed);
    expect(Buffer.from(wrapped.sealed, 'base64').includes(key.subarray(0, 8))).toBe(false);
  });

  test('does not open with another master key, whatever that calls itself, nor when it was touched', () => {
    const wrapped = wrapKey(key, masters, 'a');
    expect(unwrapKey(wrapped, [{ id: 'm2', key: Buffer.alloc(32, 1) }], 'a')).toBe('unknown-master-key');
    expect(unwrapKey(wrapped, [{ id: 'm1', key: Buffer.alloc(32, 2) }], 'a')).toBe('damaged');
    const sealed = Buffer.from(wrapped.sealed, 'base64');
    for (let at = 0; at < sealed.length; at += 1) {
      const touched = Buffer.from(sealed);
      touched.writeUInt8(touched.readUInt8(at) ^ 1, at);
      expect(unwrapKey({ ...wrapped, sealed: touched.toString('base64') }, masters, 'a')).toBe('damaged');
    }
    expect(unwrapKey({ ...wrapped, sealed: 'AAAA' }, masters, 'a')).toBe('damaged');
  });
});
