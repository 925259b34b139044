import { randomUUID } from 'node:crypto';
import type { Attempt } from './attempt-backoff.js';
import { TooManyAttemptsError } from './auth.errors.js';
import type { SharedAttempts } from './shared-attempts.js';

export interface GuessBudgetOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Guesses at one subject in any window, from all networks that are strange to it. */
  perSubject?: number;
  /** How many of them one network may use, so that a single one cannot use up all. */
  perNetwork?: number;
  windowMs?: number;
  /** How many subjects are remembered; beyond that the one idle longest is forgotten. */
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
 */
export class GuessBudget {
  private readonly guesses = new Map<string, Guess[]>();
  private readonly now: () => number;
  private readonly perSubject: number;
  private readonly perNetwork: number;
  private readonly windowMs: number;
  private readonly capacity: number;
  private readonly shared: SharedAttempts | undefined;

  constructor({
    now,
    perSubject = 10,
    perNetwork = 8,
    windowMs = 15 * 60_000,
    capacity = 10_000,
    shared,
  }: GuessBudgetOptions) {
    this.now = now;
    this.perSubject = perSubject;
    this.perNetwork = perNetwork;
    this.windowMs = windowMs;
    this.capacity = capacity;
    this.shared = shared;
  }

  /** How many subjects are remembered. */
  get size(): number {
    return this.guesses.size;
  }

  /** Spends one guess; `succeeded` gives it back. @throws TooManyAttemptsError */
  async begin(subject: string, network: string): Promise<Attempt> {
    const keys = [`budget ${subject}`, `budget ${network} ${subject}`];
    const id = randomUUID();
    const told = await this.shared?.spend(keys, [this.perSubject, this.perNetwork], this.windowMs, id);
    // From here on nothing is awaited, so that of many at once each sees those before it.
    const recent = this.recent(subject);
    const wait =
      told ??
      Math.max(this.waitOf(recent, this.perSubject), this.waitOf(from(recent, network), this.perNetwork));
    if (wait > 0) throw new TooManyAttemptsError(Math.ceil(wait / 1000));
    const guess: Guess = { at: this.now(), network };
    recent.push(guess);
    return {
      succeeded: async () => {
        const index = recent.indexOf(guess);
        if (index >= 0) recent.splice(index, 1);
        await this.shared?.refund(keys, id);
      },
    };
  }

  /** Milliseconds until one of the guesses leaves the window, when there are too many. */
  private waitOf(guesses: readonly Guess[], limit: number): number {
    const oldest = guesses.at(-limit);
    return oldest ? oldest.at + this.windowMs - this.now() : 0;
  }

  /** Guesses within the window, oldest first. Makes the subject the youngest. */
  private recent(subject: string): Guess[] {
    const now = this.now();
    const recent = (this.guesses.get(subject) ?? []).filter(({ at }) => now - at < this.windowMs);
    this.guesses.delete(subject);
    this.guesses.set(subject, recent);
    if (this.guesses.size > this.capacity) {
      const [oldest] = this.guesses.keys();
      if (oldest !== undefined) this.guesses.delete(oldest);
    }
    return recent;
  }
}

function from(guesses: readonly Guess[], network: string): Guess[] {
  return guesses.filter((guess) => guess.network === network);
}
