import { z } from 'zod';
import type { TextSealer } from '../../encryption/sealed-text.js';
import type { Logger } from '../../logging/logger.js';
import type { StoredTraktAccount, TraktRepository } from '../../repositories/trakt.repository.js';
import type { LeaseKeeper } from '../leases/lease-keeper.js';
import type { DevicePoll, TraktClient } from './trakt.client.js';
import { TraktError, TraktNotLinkedError } from './trakt.errors.js';
import type { TraktDeviceCode, TraktToken } from './trakt.schemas.js';

export interface TraktAccountOptions {
  client: TraktClient;
  accounts: TraktRepository;
  /** Seals what is stored of the tokens. */
  sealer: TextSealer;
  /** A refresh token works once, so that of several servers one may use it. */
  leases: Pick<LeaseKeeper, 'hold'>;
  logger: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Milliseconds. */
  sleep: (ms: number) => Promise<void>;
}

const tokensSchema = z.object({
  access: z.string(),
  refresh: z.string(),
  /** Milliseconds since 1970, by `created_at + expires_in`. */
  expiresAt: z.number(),
});
type Tokens = z.infer<typeof tokensSchema>;

interface Asking {
  deviceCode: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Not asked again before. */
  nextPollAt: number;
  intervalMs: number;
}

/** A token this close to its end is replaced before it is used. Milliseconds. */
const refreshAheadMs = 10 * 60_000;
/** Added to the pause between questions when Trakt says they come too fast. */
const slowDownMs = 5_000;
/** Between two looks whether another server has refreshed the tokens. Milliseconds. */
const otherRefreshMs = 250;

/** Links of users to Trakt: device code, tokens sealed at rest, one refresh at a time. */
export class TraktAccountService {
  private readonly asking = new Map<string, Asking>();
  private readonly refreshing = new Map<string, Promise<string>>();

  constructor(private readonly options: TraktAccountOptions) {}

  get isConfigured(): boolean {
    return this.options.client.isConfigured;
  }

  find(userId: string): Promise<StoredTraktAccount | null> {
    return this.options.accounts.findAccount(userId);
  }

  /** @throws {TraktNotLinkedError} */
  async get(userId: string): Promise<StoredTraktAccount> {
    const account = await this.find(userId);
    if (!account) throw new TraktNotLinkedError();
    return account;
  }

  /** A code to type at Trakt; it replaces one asked for before. Errors: conflict (not set up), provider-unavailable. */
  async startLink(userId: string): Promise<TraktDeviceCode> {
    const code = await this.options.client.requestDeviceCode();
    const now = this.options.now();
    for (const [other, { expiresAt }] of this.asking) if (expiresAt <= now) this.asking.delete(other);
    this.asking.set(userId, {
      deviceCode: code.device_code,
      expiresAt: now + code.expires_in * 1000,
      nextPollAt: now,
      intervalMs: code.interval * 1000,
    });
    return code;
  }

  /**
   * Whether the code was typed by now; then the link is stored. Asked sooner than Trakt allows it says `pending`
   * without asking. Errors: provider-unavailable.
   */
  async pollLink(userId: string): Promise<Exclude<DevicePoll['kind'], 'token'> | 'linked'> {
    const asking = this.asking.get(userId);
    if (!asking) return 'unknown';
    const now = this.options.now();
    if (now >= asking.expiresAt) {
      this.asking.delete(userId);
      return 'expired';
    }
    if (now < asking.nextPollAt) return 'pending';
    // Set before the answer: two questions at once would be one too many.
    asking.nextPollAt = now + asking.intervalMs;
    const poll = await this.options.client.pollDeviceToken(asking.deviceCode);
    if (poll.kind === 'token') {
      this.asking.delete(userId);
      await this.link(userId, poll.token);
      return 'linked';
    }
    if (poll.kind === 'slow-down') {
      asking.intervalMs += slowDownMs;
      asking.nextPollAt = now + asking.intervalMs;
    } else if (poll.kind !== 'pending') this.asking.delete(userId);
    return poll.kind;
  }

  /** Forgets the link here, whatever Trakt says to the revoking. */
  async unlink(userId: string): Promise<void> {
    const account = await this.find(userId);
    if (!account) return;
    this.asking.delete(userId);
    const tokens = this.open(account);
    await this.options.accounts.deleteAccount(userId);
    if (!tokens) return;
    try {
      await this.options.client.revoke(tokens.access);
    } catch (error) {
      this.options.logger.warn({ userId, err: error }, 'trakt did not take the end of a link');
    }
  }

  /**
   * Does something with a token that works: one near its end is replaced before, one that is refused all the same is
   * replaced once. Errors: those of `work`; conflict when there is no link; `TraktError` unauthorized when only the
   * user can help, and then the account says so.
   */
  async withToken<T>(userId: string, work: (token: string) => Promise<T>): Promise<T> {
    const token = await this.accessToken(userId, null);
    try {
      return await work(token);
    } catch (error) {
      if (!(error instanceof TraktError) || error.fault !== 'unauthorized') throw error;
      return work(await this.accessToken(userId, token));
    }
  }

  /** @param refused a token that Trakt did not take */
  private async accessToken(userId: string, refused: string | null): Promise<string> {
    const account = await this.find(userId);
    if (!account) throw new TraktNotLinkedError();
    if (account.status === 'reconnect') throw new TraktError('unauthorized');
    const tokens = this.open(account);
    if (!tokens) {
      await this.disconnect(userId);
      throw new TraktError('unauthorized');
    }
    const fresh = tokens.expiresAt - this.options.now() > refreshAheadMs;
    return fresh && tokens.access !== refused ? tokens.access : this.refreshOnce(userId, tokens);
  }

  /** However many need it at once: a refresh token works a single time. */
  private refreshOnce(userId: string, tokens: Tokens): Promise<string> {
    const running = this.refreshing.get(userId);
    if (running) return running;
    const refreshing = this.refreshAlone(userId, tokens).finally(() => this.refreshing.delete(userId));
    this.refreshing.set(userId, refreshing);
    return refreshing;
  }

  /** Refreshes under a lease, because of two servers on one database only the first could use the token. */
  private async refreshAlone(userId: string, before: Tokens): Promise<string> {
    for (;;) {
      const refreshed: string[] = [];
      await this.options.leases.hold(`trakt-token:${userId}`, async () => {
        refreshed.push(await this.refresh(userId, before));
      });
      const [access] = refreshed;
      if (access !== undefined) return access;
      await this.options.sleep(otherRefreshMs);
    }
  }

  private async refresh(userId: string, before: Tokens): Promise<string> {
    // Whoever read the account a moment ago may have missed a refresh that has just ended.
    const stored = await this.find(userId);
    const current = stored && this.open(stored);
    if (current && current.refresh !== before.refresh) return current.access;
    const token = await this.options.client.refresh(before.refresh);
    if (!token) {
      await this.disconnect(userId);
      throw new TraktError('unauthorized');
    }
    const tokens = tokensOf(token);
    // Stored before it is used: the one before is dead from now on.
    await this.options.accounts.changeAccount(userId, { tokens: this.seal(userId, tokens) });
    return tokens.access;
  }

  private async link(userId: string, token: TraktToken): Promise<void> {
    const tokens = tokensOf(token);
    const before = await this.find(userId);
    const username = await this.options.client.getUsername(tokens.access).catch(() => null);
    // Linked again to the same account, the reading goes on where it was.
    const same = before !== null && username !== null && before.username === username;
    const isOther = !same && username !== null && (before?.username ?? null) !== null;
    // Nothing that was read of another account, or was to be told to it, is true of this one.
    if (isOther) await this.options.accounts.forgetRemote(userId);
    await this.options.accounts.saveAccount({
      userId,
      username,
      tokens: this.seal(userId, tokens),
      status: 'linked',
      trouble: null,
      pausedUntil: null,
      activities: same ? before.activities : {},
      sync: same ? before.sync : null,
      watching: null,
      decisions: same ? before.decisions : null,
      linkedAt: new Date(this.options.now()),
      syncedAt: same ? before.syncedAt : null,
    });
  }

  private async disconnect(userId: string): Promise<void> {
    const trouble = new TraktError('unauthorized').message;
    await this.options.accounts.changeAccount(userId, { status: 'reconnect', trouble });
  }

  private seal(userId: string, tokens: Tokens): string {
    return this.options.sealer.seal(JSON.stringify(tokens), purposeOf(userId));
  }

  private open({ userId, tokens }: StoredTraktAccount): Tokens | null {
    const text = this.options.sealer.open(tokens, purposeOf(userId));
    return text === null ? null : tokensSchema.parse(JSON.parse(text));
  }
}

function tokensOf({ access_token, refresh_token, created_at, expires_in }: TraktToken): Tokens {
  return { access: access_token, refresh: refresh_token, expiresAt: (created_at + expires_in) * 1000 };
}

function purposeOf(userId: string): string {
  return `trakt tokens of ${userId}`;
}
