import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { createPrivateFile, fileErrorCode, writePrivateFile } from './atomic-file.js';
import { type KeyRing, SecretsError, type SigningKey } from './secrets.js';
import { keyLength } from './wrapped-key.js';

const keySchema = z.strictObject({
  id: z.string().regex(/^[\w-]{1,32}$/),
  key: z
    .base64()
    .transform((text): Uint8Array => Buffer.from(text, 'base64'))
    .refine((key) => key.length === keyLength),
});
const fileSchema = z.strictObject({ version: z.literal(1), keys: z.tuple([keySchema], keySchema) });

/** The master keys of what is stored encrypted, from `storage-keys.json` in `folder`; made on the first call. Errors: `SecretsError`. */
export async function loadStorageKeys(folder: string): Promise<KeyRing> {
  const file = path.join(folder, 'storage-keys.json');
  try {
    return await readKeys(file);
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw unusable(file, error);
  }
  try {
    await createPrivateFile(file, fileText([freshKey()]));
    return await readKeys(file);
  } catch (error) {
    throw unusable(file, error);
  }
}

/**
 * Puts a new master key before the old ones. What is stored then has to be wrapped anew (`TitleKeys.rewrap`), and
 * after that `retireStorageKeys` forgets the old ones.
 */
export async function addStorageKey(folder: string): Promise<KeyRing> {
  const keys: KeyRing = [freshKey(), ...(await loadStorageKeys(folder))];
  await writePrivateFile(path.join(folder, 'storage-keys.json'), fileText(keys));
  return keys;
}

/** Keeps the newest master key only. What is still wrapped by another is lost. */
export async function retireStorageKeys(folder: string): Promise<KeyRing> {
  const [newest] = await loadStorageKeys(folder);
  await writePrivateFile(path.join(folder, 'storage-keys.json'), fileText([newest]));
  return [newest];
}

async function readKeys(file: string): Promise<KeyRing> {
  return fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).keys;
}

function freshKey(): SigningKey {
  return { id: randomBytes(6).toString('base64url'), key: randomBytes(keyLength) };
}

function fileText(ring: KeyRing): string {
  const keys = ring.map(({ id, key }) => ({ id, key: Buffer.from(key).toString('base64') }));
  return `${JSON.stringify({ version: 1, keys }, null, 2)}\n`;
}

/** The cause is left out: it would quote what it could not read. */
function unusable(file: string, error: unknown): SecretsError {
  const reason = fileErrorCode(error) ?? 'it is not what was written there';
  return new SecretsError(
    `The storage keys ${file} cannot be used (${reason}). Put a backup of the file in its place, or remove both it and what is stored encrypted.`,
  );
}
