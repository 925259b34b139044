import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';
import { SignInBusyError } from './auth.errors.js';
import { PasswordStrength } from './password-strength.js';

export interface PasswordsOptions {
  /** Server-wide secret; a stolen database alone does not allow guessing. */
  pepper: Uint8Array;
  /** bcrypt's cost, 4 to 31; each step doubles the time. 12 takes about a quarter of a second. */
  cost?: number;
  /** How many may wait for their turn before new ones are refused. */
  queueLimit?: number;
}

/** More at once would keep the thread pool from reading files for those who watch. */
const atOnce = 2;

/**
 * Passwords as bcrypt hashes. bcrypt reads 72 bytes and ignores the rest, so it is given the base64 of
 * HMAC-SHA-384(pepper, password) instead: 64 characters that depend on every byte. Compatibility forms of a letter
 * count as the same letter (NFKC, as NIST SP 800-63B asks).
 */
export class Passwords {
  private readonly pepper: Uint8Array;
  private readonly cost: number;
  private readonly queueLimit: number;
  private readonly waiting: (() => void)[] = [];
  private readonly strength = new PasswordStrength();
  private running = 0;
  private performed = 0;

  constructor({ pepper, cost = 12, queueLimit = 50 }: PasswordsOptions) {
    this.pepper = pepper;
    this.cost = cost;
    this.queueLimit = queueLimit;
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
  hash(password: string): Promise<string> {
    return this.inTurn(() => bcrypt.hash(this.prehash(password), this.cost));
  }

  /**
   * Whether the password fits the hash. Without a hash (nobody has that name) it takes as long and says no.
   * @throws SignInBusyError
   */
  verify(password: string, hash: string | null): Promise<boolean> {
    return this.inTurn(
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

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= atOnce) {
      if (this.waiting.length >= this.queueLimit) throw new SignInBusyError();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      this.performed += 1;
      return await work();
    } finally {
      // The turn passes to the next one directly, so that nobody can slip in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
