import type { StoredTraktAccount, TraktRepository } from '../../repositories/trakt.repository.js';
import type { TraktClient, TraktSection } from './trakt.client.js';
import { TraktError } from './trakt.errors.js';
import type { TraktCalls } from './trakt-calls.js';
import type { TraktHistory } from './trakt-history.js';

export interface TraktSyncOptions {
  client: TraktClient;
  calls: TraktCalls;
  accounts: TraktRepository;
  history: TraktHistory;
  /** What is read besides, in this order, when its stamp moved. */
  sections: readonly TraktSyncSection[];
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface TraktSyncSection {
  name: TraktSection;
  /** It is read again after so long, even if its stamp stands. Milliseconds. */
  atLeastEveryMs?: number;
  read: (userId: string, signal: AbortSignal) => Promise<void>;
}

/** Reads what changed at Trakt: the last activities say which parts. */
export class TraktSync {
  constructor(private readonly options: TraktSyncOptions) {}

  /** Errors: `TraktError`s, conflict when there is no link. */
  async run(userId: string, signal: AbortSignal): Promise<void> {
    const { accounts, calls, client, history, now } = this.options;
    const activities = await calls.read(userId, (token) => client.getActivities(token, signal), signal);
    const account = await calls.getAccount(userId);
    const isUnfinished = account.sync !== null && account.sync.phase !== 'done';
    if (isUnfinished || account.activities['watched'] !== activities.watched) {
      await history.read(account, signal);
      await this.keepActivity(await calls.getAccount(userId), { watched: activities.watched });
    }
    for (const section of this.options.sections) await this.readSection(userId, section, activities, signal);
    await accounts.changeAccount(userId, { syncedAt: new Date(now()) });
  }

  private async readSection(
    userId: string,
    { name, atLeastEveryMs, read }: TraktSyncSection,
    activities: Record<TraktSection, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { calls, now } = this.options;
    const turn = atLeastEveryMs === undefined ? '' : ` ${Math.floor(now() / atLeastEveryMs)}`;
    const stamp = `${activities[name]}${turn}`;
    if ((await calls.getAccount(userId)).activities[name] === stamp) return;
    await read(userId, signal).catch((error: unknown) => {
      // What this account does not have is no reason to be without the rest.
      if (!(error instanceof TraktError) || (error.fault !== 'not-found' && error.fault !== 'vip-only'))
        throw error;
    });
    await this.keepActivity(await calls.getAccount(userId), { [name]: stamp });
  }

  private async keepActivity(account: StoredTraktAccount, news: Record<string, string>): Promise<void> {
    const activities = { ...account.activities, ...news };
    await this.options.accounts.changeAccount(account.userId, { activities });
  }
}
