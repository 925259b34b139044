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
  constructor(private readonly options: TraktCallsOptions) {}

  /** Something that may be asked again. Errors: `TraktError` when it stays so. */
  async read<T>(userId: string, work: (token: string) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(userId, work);
      } catch (error) {
        if (!(error instanceof TraktError)) throw error;
        const wait = waitAfter(error, attempt);
        if (wait === null || wait > patienceMs || attempt === attempts) throw error;
        await this.options.sleep(wait, signal);
      }
    }
  }

  /** One call. What its outcome says of the link is written down. Errors: as `work`; provider-unavailable during a pause. */
  async once<T>(userId: string, work: (token: string) => Promise<T>): Promise<T> {
    const { account, accounts, now } = this.options;
    try {
      const answer = await account.withToken(userId, work);
      const known = await this.getAccount(userId);
      if (known.status !== 'linked' || known.trouble !== null || known.pausedUntil !== null)
        await accounts.changeAccount(userId, { status: 'linked', trouble: null, pausedUntil: null });
      return answer;
    } catch (error) {
      if (error instanceof TraktError) await this.note(userId, error, now());
      throw error;
    }
  }

  /** Error: conflict when there is no link. */
  async getAccount(userId: string): Promise<StoredTraktAccount> {
    const account = await this.options.accounts.findAccount(userId);
    if (!account) throw new TraktNotLinkedError();
    return account;
  }

  private async note(userId: string, error: TraktError, now: number): Promise<void> {
    const { accounts } = this.options;
    const wait = waitAfter(error, 1);
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
          pausedUntil: new Date(now + (wait ?? 0)),
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

/** Milliseconds; null when waiting does not help. */
export function waitAfter({ fault, retryAfterSeconds }: TraktError, attempt: number): number | null {
  if (fault !== 'rate-limited' && fault !== 'unavailable' && fault !== 'no-answer') return null;
  const asked = (retryAfterSeconds ?? 0) * 1000;
  return Math.max(asked, Math.min(30 * 60_000, pauses[fault] * 2 ** (attempt - 1)));
}
