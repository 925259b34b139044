import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { createPrivateFile, fileErrorCode, writePrivateFile } from './atomic-file.js';

/** The server's keys cannot be had. It ends the start; the message is one line for the operator. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
}

export interface SigningKey {
  /** Goes into the header of what it signs, so that a key may change while older signatures are still honoured. */
  id: string;
  key: Uint8Array;
}

/** The first key signs; all of them verify. */
export type KeyRing = readonly [SigningKey, ...SigningKey[]];

/** The keys that hold right now: they may be rotated while the server runs. */
export type KeySource = () => KeyRing;

export interface Secrets {
  accessToken: KeyRing;
  grant: KeyRing;
  /** Derives each refresh token from the one before. */
  refreshKey: Uint8Array;
  /** Mixed into every password before it is hashed. Without it no password fits any more. */
  passwordPepper: Uint8Array;
}

/**
 * Reads the server's keys from `keys.json` in `folder`, or makes them on the first start.
 * @param mayCreate false when there are accounts already: then a missing file was lost, and new keys would lock
 * everyone out without a word.
 * @throws SecretsError; a file that is there and wrong is left alone, for its keys would be lost.
 */
export async function loadSecrets(folder: string, { mayCreate = true } = {}): Promise<Secrets> {
  const file = secretsFile(folder);
  try {
    const missing = (await readIfThere(file)) === null;
    if (missing && !mayCreate) throw malformed(file, 'it is missing, although there are accounts');
    if (missing) await createPrivateFile(file, freshSecrets());
    // Read back even when just made: what counts is what the next start will find.
    const text = await readFile(file, 'utf8');
    await chmod(file, 0o600);
    return parse(file, text);
  } catch (error) {
    if (error instanceof SecretsError) throw error;
    const reason = fileErrorCode(error) ?? 'unknown reason';
    throw new SecretsError(
      `The secrets file ${file} cannot be read or made (${reason}). Check DATA_DIR and its owner.`,
      { cause: error },
    );
  }
}

/**
 * Puts new signing keys in front of those in the file, where a running server finds them within seconds. The ones
 * before still verify, so nobody is signed out: what they signed lives for hours, and four keys are kept. Errors: as
 * `loadSecrets`.
 */
export async function rotateSigningKeys(folder: string): Promise<void> {
  const current = await loadSecrets(folder, { mayCreate: false });
  const withNewKey = (ring: KeyRing) => {
    const kept = ring.slice(0, signingKeysKept - 1).map(({ id, key }) => ({ id, key: toBase64(key) }));
    return [freshSigningKey(), ...kept] satisfies [unknown, ...unknown[]];
  };
  const content = {
    version: 1 as const,
    accessToken: withNewKey(current.accessToken),
    grant: withNewKey(current.grant),
    refreshKey: toBase64(current.refreshKey),
    passwordPepper: toBase64(current.passwordPepper),
  };
  await writePrivateFile(secretsFile(folder), `${JSON.stringify(content, null, 2)}\n`);
}

/** Where the keys lie in their folder. */
export function secretsFile(folder: string): string {
  return path.join(folder, 'keys.json');
}

const signingKeysKept = 4;
const keyBytes = 32;

const keySchema = z
  .base64()
  .transform((text): Uint8Array => Buffer.from(text, 'base64'))
  .refine((key) => key.length === keyBytes, `must be ${keyBytes} bytes`);

const signingKeySchema = z.strictObject({ id: z.string().regex(/^[\w-]{1,32}$/), key: keySchema });

const keyRingSchema = z.tuple([signingKeySchema], signingKeySchema);

const fileSchema = z.strictObject({
  version: z.literal(1),
  accessToken: keyRingSchema,
  grant: keyRingSchema,
  refreshKey: keySchema,
  passwordPepper: keySchema,
});

function freshSecrets(): string {
  const content: z.input<typeof fileSchema> = {
    version: 1,
    accessToken: [freshSigningKey()],
    grant: [freshSigningKey()],
    refreshKey: freshKey(),
    passwordPepper: freshKey(),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function freshSigningKey() {
  return { id: randomBytes(6).toString('base64url'), key: freshKey() };
}

function freshKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

function toBase64(key: Uint8Array): string {
  return Buffer.from(key).toString('base64');
}

/** The reason names fields, never values: they are secret even when malformed. */
function parse(file: string, text: string): Secrets {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed(file, text.trim() === '' ? 'it is empty' : 'it is not JSON');
  }
  const result = fileSchema.safeParse(json);
  if (result.success) return result.data;
  const fields = result.error.issues.map((issue) => issue.path.join('.') || 'its shape');
  throw malformed(file, `wrong: ${[...new Set(fields)].slice(0, 5).join(', ')}`);
}

function malformed(file: string, reason: string): SecretsError {
  return new SecretsError(
    `The secrets file ${file} cannot be used (${reason}). Put a backup of it in its place; without it nobody can sign in.`,
  );
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
