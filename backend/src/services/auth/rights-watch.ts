import type { Logger } from '../../logging/logger.js';
import type { Principal } from './principal.js';

/** Who holds something open, as they were when they opened it. */
export interface Holder extends Pick<Principal, 'userId' | 'sessionId'> {
  /** Version of the account when it was opened; left out, the first look decides. */
  securityVersion?: number | null | undefined;
}

/** Called when the rights of a holder have changed: with who they are now, or null when the session has ended. */
export type RightsListener = (now: Principal | null) => void;

export interface RightsHold {
  /** Resolves when the rights were looked up once after the hold began, and the listener called if they had changed. */
  readonly checked: Promise<void>;
  release: () => void;
}

export interface RightsWatchOptions {
  /** Returns who stands behind these sessions now; a session that has ended is left out. */
  find: (sessionIds: readonly string[]) => Promise<Principal[]>;
  logger: Logger;
  /** How often every hold is looked at, milliseconds: other servers and the command line change accounts, too. */
  everyMs?: number;
}

interface Held extends Holder {
  listener: RightsListener;
}

/**
 * Ends or changes what outlives a request (event streams, plays, searches) when the rights it was opened with change:
 * sign-out, revocation, a reset password, another role or age limit, disabling, deletion. The database decides.
 * Changes made by this process are looked up at once, those of others within `everyMs`.
 */
export class RightsWatch {
  private readonly held = new Set<Held>();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  constructor(private readonly options: RightsWatchOptions) {}

  /** Number of holds. */
  get size(): number {
    return this.held.size;
  }

  start(): void {
    this.timer = setInterval(() => void this.lookAtAll(), this.options.everyMs ?? 3_000).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /**
   * Watches the rights of a holder until released. Begin it before anything is given away, then await `checked`:
   * a change before that was looked up, and a change after it is announced.
   */
  hold({ userId, sessionId, securityVersion }: Holder, listener: RightsListener): RightsHold {
    const held: Held = { userId, sessionId, listener, securityVersion };
    this.held.add(held);
    const checked = this.look([held]);
    // Whoever awaits it sees the error; whoever does not is looked at again by the timer.
    checked.catch(() => undefined);
    return { checked, release: () => this.held.delete(held) };
  }

  /** Ends what these sessions hold. */
  sessionsEnded(sessionIds: readonly string[]): void {
    const ended = new Set(sessionIds);
    for (const held of this.held) if (ended.has(held.sessionId)) this.end(held);
  }

  /** Looks again at what a user holds, whose account has changed. Resolves when it was looked up. */
  async accountChanged(userId: string): Promise<void> {
    const own = [...this.held].filter((held) => held.userId === userId);
    if (own.length > 0) await this.lookSafely(own);
  }

  /** Looks at every hold. One look at a time: a slow database is not asked more than it answers. */
  async lookAtAll(): Promise<void> {
    if (this.isLooking || this.held.size === 0) return;
    this.isLooking = true;
    try {
      await this.lookSafely([...this.held]);
    } finally {
      this.isLooking = false;
    }
  }

  /** While the database cannot be read nobody is signed out: it is looked at again by the timer. */
  private async lookSafely(held: readonly Held[]): Promise<void> {
    try {
      await this.look(held);
    } catch (error) {
      this.options.logger.warn({ err: error }, 'could not look up the rights of open streams');
    }
  }

  private async look(held: readonly Held[]): Promise<void> {
    const found = await this.options.find([...new Set(held.map(({ sessionId }) => sessionId))]);
    const bySession = new Map(found.map((principal) => [principal.sessionId, principal]));
    for (const one of held) {
      const now = bySession.get(one.sessionId);
      if (now?.userId !== one.userId) this.end(one);
      else if (one.securityVersion === undefined) one.securityVersion = now.securityVersion;
      else if ((now.securityVersion ?? 0) > (one.securityVersion ?? 0) && this.held.has(one)) {
        // An older look may end later than a newer one, so only a later version counts.
        one.securityVersion = now.securityVersion;
        one.listener(now);
      }
    }
  }

  private end(held: Held): void {
    if (this.held.delete(held)) held.listener(null);
  }
}
