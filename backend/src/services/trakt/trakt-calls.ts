import type { StoredTraktAccount, TraktRepository } from '../../repositories/trakt.repository.js';
import { TraktError, type TraktFault, TraktNotLinkedError } from './trakt.errors.js';
import type { TraktAccountService } from './trakt-account.service.js';

export interface TraktCallsOptions {
  account: TraktAccountService;
  accounts: TraktRepository;
  now: () => number;
  /** Waits; fails when the signal fires. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long Trakt is left alone after a failure that does not say it. Milliseconds. */
export const pauses = {
  'rate-limited': 10_000,
  unavailable: 30_000,
  'no-answer': 30_000,
  'client-refused': 60 * 60_000,
  locked: 24 * 60 * 60_000,
} as const satisfies Partial<Record<TraktFault, number>>;

/** A wait this long is waited out; a longer one is left to the next run. Milliseconds. */
const patienceMs = 60_000;
const attempts = 4;

/** Calls in the name of a user: with a token that works, patience with what passes, and memory of what does not. */
export class TraktCalls {
  /** Until when reading waits, by user. In memory, because after a restart one request finds out. */
  private readonly readingPaused = new Map<string, number>();

  constructor(private readonly options: TraktCallsOptions) {}

  /**
   * Makes a call that reads, and repeats it while Trakt is briefly away. Its waits hold for reading alone, because Trakt counts
   * reads and writes apart, and news must not wait for them.
   * @throws {TraktError} when it stays away
   */
  async read<T>(userId: string, work: (token: string) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.call(userId, work, 'reading');
        this.readingPaused.delete(userId);
        return answer;
      } catch (error) {
        if (!(error instanceof TraktError)) throw error;
        const wait = waitAfter(error, attempt);
        if (wait !== null) this.readingPaused.set(userId, this.options.now() + wait);
        if (wait === null || wait > patienceMs || attempt === attempts) throw error;
        await this.options.sleep(wait, signal);
      }
    }
  }

  /**
   * Makes one call on behalf of the outbox, and stores what its outcome says of the link.
   * @throws {TraktError} as `work` does
   */
  once<T>(userId: string, work: (token: string) => Promise<T>): Promise<T> {
    return this.call(userId, work, 'telling');
  }

  /** Returns whether reading may start again after Trakt was away. */
  mayRead({ userId, status, pausedUntil }: StoredTraktAccount): boolean {
    const now = this.options.now();
    if (status === 'reconnect' || (this.readingPaused.get(userId) ?? 0) > now) return false;
    // A refused client or a locked account concerns every call; any other pause is the outbox's own.
    return status === 'linked' || pausedUntil === null || pausedUntil.getTime() <= now;
  }

  /** Error: conflict when there is no link. */
  async getAccount(userId: string): Promise<StoredTraktAccount> {
    const account = await this.options.accounts.findAccount(userId);
    if (!account) throw new TraktNotLinkedError();
    return account;
  }

  private async call<T>(
    userId: string,
    work: (token: string) => Promise<T>,
    purpose: 'reading' | 'telling',
  ): Promise<T> {
    const { account, accounts } = this.options;
    try {
      const answer = await account.withToken(userId, work);
      const { status, trouble, pausedUntil } = await this.getAccount(userId);
      const isBack = status !== 'linked';
      if (isBack || trouble !== null || (purpose === 'telling' && pausedUntil !== null))
        await accounts.changeAccount(userId, {
          ...{ status: 'linked', trouble: null },
          // A read that succeeds says nothing about how long Trakt wants no writes.
          ...((isBack || purpose === 'telling') && { pausedUntil: null }),
        });
      return answer;
    } catch (error) {
      if (error instanceof TraktError) await this.note(userId, error, purpose);
      throw error;
    }
  }

  private async note(userId: string, error: TraktError, purpose: 'reading' | 'telling'): Promise<void> {
    const { accounts } = this.options;
    const now = this.options.now();
    switch (error.fault) {
      case 'client-refused':
      case 'locked':
        await accounts.changeAccount(userId, {
          status: error.fault,
          trouble: error.message,
          pausedUntil: new Date(now + pauses[error.fault]),
        });
        break;
      case 'rate-limited':
      case 'unavailable':
      case 'no-answer':
        await accounts.changeAccount(userId, {
          trouble: error.message,
          ...(purpose === 'telling' && { pausedUntil: new Date(now + (waitAfter(error, 1) ?? 0)) }),
        });
        break;
      case 'unauthorized':
        // The account service has said so already.
        break;
      case 'not-found':
      case 'duplicate':
      case 'account-limit':
      case 'invalid':
      case 'vip-only':
        break;
    }
  }
}

/**
 * Returns how long to leave Trakt alone, in milliseconds: what its Retry-After says, to the second, or else a pause that
 * doubles with each attempt (from 1). Null when waiting does not help.
 */
export function waitAfter({ fault, retryAfterSeconds }: TraktError, attempt: number): number | null {
  if (fault !== 'rate-limited' && fault !== 'unavailable' && fault !== 'no-answer') return null;
  // Zero seconds would be a loop without a pause.
  if (retryAfterSeconds !== undefined) return Math.max(1, retryAfterSeconds) * 1000;
  return Math.min(30 * 60_000, pauses[fault] * 2 ** (attempt - 1));
}
