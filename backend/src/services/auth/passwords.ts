import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { type Asker, HashingQueue } from './hashing-queue.js';
import { PasswordStrength } from './password-strength.js';

export interface PasswordsOptions {
  /** Server-wide secret; a stolen database alone does not allow guessing. */
  pepper: Uint8Array;
  /** bcrypt's cost, 4 to 31; each step doubles the time. 12 takes about a quarter of a second. */
  cost?: number;
  /** How many may wait for their turn in each lane before some are refused. */
  queueLimit?: number;
}

/** Somebody who is signed in, or the server itself. */
const inside: Asker = { source: 'inside', isKnown: true };

/**
 * Passwords as bcrypt hashes. bcrypt reads 72 bytes and ignores the rest, so it is given the base64 of
 * HMAC-SHA-384(pepper, password) instead: 64 characters that depend on every byte. Compatibility forms of a letter
 * count as the same letter (NFKC, as NIST SP 800-63B asks).
 */
export class Passwords {
  private readonly pepper: Uint8Array;
  private readonly cost: number;
  private readonly queue: HashingQueue;
  private readonly strength = new PasswordStrength();
  private performed = 0;

  constructor({ pepper, cost = 12, queueLimit = 50 }: PasswordsOptions) {
    this.pepper = pepper;
    this.cost = cost;
    this.queue = new HashingQueue({ limit: queueLimit });
  }

  /** How many hashes were computed since the start. */
  get computed(): number {
    return this.performed;
  }

  /**
   * Refuses what is easy to guess. @param names what belongs to the person, and so is guessed first
   * @throws AppError validation-failed
   */
  checkNew(password: string, names: readonly string[]): void {
    this.strength.check(password, names);
  }

  /** @throws SignInBusyError */
  hash(password: string, asker: Asker = inside): Promise<string> {
    return this.inTurn(asker, () => bcrypt.hash(this.prehash(password), this.cost));
  }

  /**
   * Whether the password fits the hash. Without a hash (nobody has that name) it takes as long and says no.
   * @throws SignInBusyError
   */
  verify(password: string, hash: string | null, asker: Asker = inside): Promise<boolean> {
    return this.inTurn(
      asker,
      async () => (await bcrypt.compare(this.prehash(password), hash ?? this.nobodysHash())) && hash !== null,
    );
  }

  private prehash(password: string): string {
    return createHmac('sha384', this.pepper).update(password.normalize('NFKC')).digest('base64');
  }

  /** Well-formed and of the same cost, so that comparing does the whole work; made of no password. */
  private nobodysHash(): string {
    return `$2b$${String(this.cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  }

  private inTurn<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    return this.queue.run(asker, () => {
      this.performed += 1;
      return work();
    });
  }
}
