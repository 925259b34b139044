import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { User } from '../../entities/user.entity.js';

/** A browser that has signed in here before, as its cookie proves. */
export interface KnownDevice {
  id: string;
  /** By user id: proof that this user signed in on it with their present password. */
  marks: ReadonlyMap<string, string>;
}

/** Accounts remembered by one browser; beyond that the one that signed in longest ago is forgotten. */
const maxAccounts = 5;
const longestCookie = 1_024;

/**
 * Recognises browsers in which an account has signed in before, by a cookie of theirs. Being known opens nothing: such a
 * browser has guesses and a place in the queue of its own, so that strangers' guesses do not keep the owner out. A mark
 * is made over the stored password hash, so a new password forgets all browsers.
 */
export class KnownDevices {
  /** @param key for HMACs, used for nothing else */
  constructor(private readonly key: Uint8Array) {}

  /** Reads the cookie. Returns null for one that is missing or not ours. */
  read(cookie: string | undefined): KnownDevice | null {
    if (cookie === undefined || cookie.length > longestCookie) return null;
    const [head = '', ...parts] = cookie.split('~');
    const [id = '', proof = ''] = head.split('.');
    if (!isSame(proof, this.proof('device', id))) return null;
    const marks = new Map<string, string>();
    for (const part of parts.slice(0, maxAccounts)) {
      const [userId = '', mark = ''] = part.split('.');
      marks.set(userId, mark);
    }
    return { id, marks };
  }

  /** Whether the user has signed in on the device with their present password. Takes as long for nobody. */
  isKnown(device: KnownDevice | null, user: Pick<User, 'id' | 'passwordHash'> | null): boolean {
    const { id, passwordHash } = user ?? { id: 'nobody', passwordHash: 'none' };
    const mark = device?.marks.get(id) ?? '';
    return isSame(mark, this.markOf(device?.id ?? '', id, passwordHash)) && user !== null;
  }

  /** Returns the cookie of a device on which the user has just signed in; a new device when it has none yet. */
  remember(
    device: KnownDevice | null,
    { id: userId, passwordHash }: Pick<User, 'id' | 'passwordHash'>,
  ): string {
    const id = device?.id ?? randomBytes(16).toString('base64url');
    const others = [...(device?.marks ?? [])].filter(([other]) => other !== userId);
    const marks = [[userId, this.markOf(id, userId, passwordHash)], ...others].slice(0, maxAccounts);
    return [`${id}.${this.proof('device', id)}`, ...marks.map((mark) => mark.join('.'))].join('~');
  }

  private markOf(deviceId: string, userId: string, passwordHash: string): string {
    return this.proof('mark', deviceId, userId, passwordHash);
  }

  private proof(...parts: string[]): string {
    return createHmac('sha256', this.key).update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
