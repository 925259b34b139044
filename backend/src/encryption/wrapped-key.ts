import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { KeyRing } from './secrets.js';

export const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;

/** A key that only a master key opens, as it lies in a file. */
export const wrappedKeySchema = z.strictObject({
  version: z.literal(1),
  /** Which master key opens it. */
  masterKeyId: z.string().min(1).max(64),
  /** Nonce, sealed key and tag (AES-256-GCM), base64. */
  sealed: z.base64().max(256),
});

export type WrappedKey = z.infer<typeof wrappedKeySchema>;

/** Seals a key under the ring's first key. `purpose` is bound to it: it opens for nothing else. */
export function wrapKey(key: Uint8Array, masterKeys: KeyRing, purpose: string): WrappedKey {
  const [master] = masterKeys;
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', master.key, nonce).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return { version: 1, masterKeyId: master.id, sealed: sealed.toString('base64') };
}

/**
 * The key, when a master key of the ring opens it: `unknown-master-key` when the one that sealed it is not in the ring,
 * `damaged` when it is and the bytes are not what was sealed for this purpose.
 */
export function unwrapKey(
  { masterKeyId, sealed }: WrappedKey,
  masterKeys: KeyRing,
  purpose: string,
): Uint8Array | 'unknown-master-key' | 'damaged' {
  const master = masterKeys.find(({ id }) => id === masterKeyId);
  if (!master) return 'unknown-master-key';
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length !== nonceLength + keyLength + tagLength) return 'damaged';
  const opener = createDecipheriv('aes-256-gcm', master.key, bytes.subarray(0, nonceLength), {
    authTagLength: tagLength,
  })
    .setAAD(Buffer.from(purpose))
    .setAuthTag(bytes.subarray(-tagLength));
  try {
    return Buffer.concat([opener.update(bytes.subarray(nonceLength, -tagLength)), opener.final()]);
  } catch {
    return 'damaged';
  }
}
