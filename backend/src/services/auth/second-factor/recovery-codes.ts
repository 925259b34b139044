import { createHmac, hkdfSync, randomInt } from 'node:crypto';

/** No vowels (no words), nothing that looks like something else. */
const alphabet = 'BCDFGHJKMNPQRSTVWXYZ23456789';
const codeLength = 10;
const codesAtOnce = 10;

/**
 * Makes recovery codes and hashes them. A code has 48 bits, which is too few for a plain hash, so the hash is keyed: a
 * stolen database alone does not allow guessing.
 */
export class RecoveryCodes {
  private readonly key: Uint8Array;

  /** @param master 32 random bytes; the hashing key is derived from it (HKDF, RFC 5869) */
  constructor(master: Uint8Array) {
    this.key = new Uint8Array(hkdfSync('sha256', master, new Uint8Array(), 'kinora recovery codes', 32));
  }

  /** Returns ten new codes, `XXXXX-XXXXX`, with the hashes to store. */
  create(userId: string): { codes: string[]; hashes: string[] } {
    const codes = new Set<string>();
    while (codes.size < codesAtOnce) codes.add(newCode());
    return { codes: [...codes], hashes: [...codes].map((code) => this.hash(userId, code)) };
  }

  /** Case, spaces and dashes do not matter. */
  hash(userId: string, code: string): string {
    const plain = code.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
    return createHmac('sha256', this.key).update(`${userId} ${plain}`).digest('hex');
  }
}

function newCode(): string {
  const letters = Array.from({ length: codeLength }, () => alphabet.charAt(randomInt(alphabet.length)));
  return `${letters.slice(0, codeLength / 2).join('')}-${letters.slice(codeLength / 2).join('')}`;
}
