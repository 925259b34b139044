import { randomUUID } from 'node:crypto';
import type { Attempt } from './attempt-backoff.js';
import { TooManyAttemptsError } from './auth.errors.js';
import { LiveRecords } from './live-records.js';
import type { SharedAttempts } from './shared-attempts.js';

export interface GuessBudgetOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Guesses at one subject in any window, from all networks that are strange to it. */
  perSubject?: number;
  /** How many of them one network may use, so that a single one cannot use up all. */
  perNetwork?: number;
  windowMs?: number;
  /**
   * Maximum number of subjects with a budget of their own (`LiveRecords`). The default is more than two hashing turns
   * check in 15 minutes, because guesses that were not checked are given back.
   */
  capacity?: number;
  /** What several servers know together. */
  shared?: SharedAttempts | undefined;
}

interface Guess {
  at: number;
  network: string;
}

/**
 * Limits guesses at one account from networks it has never signed in from, however many networks take part. Browsers
 * and networks that the account has used do not draw on this budget, so using it up does not keep the owner out.
 * A spent guess is remembered for the whole window. Names of accounts and names that no account has are counted in one
 * place, because with separate limits a full one would show which names exist.
 */
export class GuessBudget {
  private readonly guesses: LiveRecords<Guess[]>;
  private readonly now: () => number;
  private readonly perSubject: number;
  private readonly perNetwork: number;
  private readonly windowMs: number;
  private readonly shared: SharedAttempts | undefined;

  constructor({
    now,
    perSubject = 10,
    perNetwork = 8,
    windowMs = 15 * 60_000,
    capacity = 20_000,
    shared,
  }: GuessBudgetOptions) {
    this.now = now;
    this.perSubject = perSubject;
    this.perNetwork = perNetwork;
    this.windowMs = windowMs;
    this.shared = shared;
    this.guesses = new LiveRecords<Guess[]>({
      capacity,
      create: () => [],
      isLive: (guesses) => this.isRecent(guesses.at(-1)),
    });
  }

  /** Number of budgets that are remembered. */
  get size(): number {
    return this.guesses.size;
  }

  /** Spends one guess; `succeeded` and `withdraw` give it back. @throws TooManyAttemptsError */
  async begin(subject: string, network: string): Promise<Attempt> {
    const keys = [`budget ${subject}`, `budget ${network} ${subject}`];
    const id = randomUUID();
    const told = await this.shared?.spend(keys, [this.perSubject, this.perNetwork], this.windowMs, id);
    // From here on nothing is awaited, so that of many at once each sees those before it.
    const recent = (this.guesses.find(subject) ?? []).filter((guess) => this.isRecent(guess));
    const own = Math.max(
      this.waitOf(recent, this.perSubject),
      this.waitOf(from(recent, network), this.perNetwork),
    );
    // Both count, because a store with too little memory drops keys before their time.
    const wait = Math.max(told ?? 0, own);
    if (wait > 0) {
      if (told === 0) await this.shared?.refund(keys, id);
      throw new TooManyAttemptsError(Math.ceil(wait / 1000));
    }
    const guess: Guess = { at: this.now(), network };
    const guesses = this.guesses.open(subject);
    guesses.splice(0, guesses.length, ...recent, guess);
    const giveBack = async (): Promise<void> => {
      const index = guesses.indexOf(guess);
      if (index >= 0) guesses.splice(index, 1);
      this.guesses.settle(subject, guesses);
      await this.shared?.refund(keys, id);
    };
    return { succeeded: giveBack, withdraw: giveBack };
  }

  /** Milliseconds until one of the guesses leaves the window, when there are too many. */
  private waitOf(guesses: readonly Guess[], limit: number): number {
    const oldest = guesses.at(-limit);
    return oldest ? oldest.at + this.windowMs - this.now() : 0;
  }

  private isRecent(guess: Guess | undefined): boolean {
    return guess !== undefined && this.now() - guess.at < this.windowMs;
  }
}

function from(guesses: readonly Guess[], network: string): Guess[] {
  return guesses.filter((guess) => guess.network === network);
}
