import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const nonceLength = 12;
const tagLength = 16;
const mark = 'v1.';

/** Keeps texts so that only this server's keys open them (AES-256-GCM). */
export class TextSealer {
  private readonly key: Uint8Array;

  /** @param master 32 random bytes; the key that seals is derived from it (HKDF, RFC 5869) */
  constructor(master: Uint8Array) {
    this.key = new Uint8Array(hkdfSync('sha256', master, new Uint8Array(), 'kinora sealed texts', 32));
  }

  /** `purpose` is bound to it: it opens for nothing else. */
  seal(text: string, purpose: string): string {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return mark + sealed.toString('base64');
  }

  /** Null when it was not sealed by these keys for this purpose, or was touched. */
  open(sealed: string, purpose: string): string | null {
    if (!sealed.startsWith(mark)) return null;
    const bytes = Buffer.from(sealed.slice(mark.length), 'base64');
    if (bytes.length < nonceLength + tagLength) return null;
    const opener = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, nonceLength), {
      authTagLength: tagLength,
    })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(-tagLength));
    try {
      const text = Buffer.concat([opener.update(bytes.subarray(nonceLength, -tagLength)), opener.final()]);
      return text.toString('utf8');
    } catch {
      return null;
    }
  }
}
