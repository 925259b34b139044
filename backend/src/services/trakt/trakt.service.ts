import type {
  TraktAccountStatus,
  TraktDecision,
  TraktSyncProgress,
} from '../../entities/trakt-account.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type {
  OutboxEntry,
  StoredTraktAccount,
  TraktOutboxRepository,
  TraktRepository,
} from '../../repositories/trakt.repository.js';
import type { AuditLogService } from '../audit/audit-log.service.js';
import type { RequestOrigin } from '../audit/request-origin.js';
import type { LeaseKeeper } from '../leases/lease-keeper.js';
import type { MirroredLists } from '../lists/mirrored-lists.js';
import type { TitleDirectory, WatchTitle } from '../watch/title-directory.port.js';
import { isVisible } from '../watch/watch.service.js';
import { TraktNotConfiguredError, TraktNotLinkedError } from './trakt.errors.js';
import type { TraktAccountService } from './trakt-account.service.js';
import type { TraktOutbox } from './trakt-outbox.js';
import type { TraktSync } from './trakt-sync.js';

export interface TraktServiceOptions {
  account: TraktAccountService;
  accounts: TraktRepository;
  outboxEntries: TraktOutboxRepository;
  sync: TraktSync;
  outbox: TraktOutbox;
  /** Of several servers on a database one at a time reads and tells for a user. */
  leases: LeaseKeeper;
  titles: TitleDirectory;
  mirrors: MirroredLists;
  audit: AuditLogService;
  logger: Logger;
  now: () => number;
  /** How long news waits for more before it is sent. Milliseconds. */
  gatherMs?: number;
}

export interface TraktActor {
  userId: string;
  username: string;
  ageLimit: number | null;
}

export interface TraktStatus {
  /** Whether this server has a client id and secret. */
  configured: boolean;
  linked: boolean;
  username: string | null;
  status: TraktAccountStatus | null;
  trouble: string | null;
  pausedUntil: Date | null;
  linkedAt: Date | null;
  syncedAt: Date | null;
  syncing: boolean;
  progress: TraktSyncProgress | null;
  waiting: { total: number; items: (OutboxEntry & { title: WatchTitle | null })[] };
  /** Where both knew something else, latest first. */
  decisions: (TraktDecision & { title: WatchTitle | null })[];
}

const shownEntries = 50;
/** Between two tries while another server works for the user. Milliseconds. */
const againMs = 5_000;
/** How long what was given up stays to be seen. Milliseconds. */
const givenUpMs = 30 * 24 * 60 * 60_000;

/** A user's Trakt: linking, reading and telling, each user's work one at a time. */
export class TraktService {
  private readonly stopped = new AbortController();
  private readonly syncing = new Map<string, Promise<boolean>>();
  private readonly telling = new Map<string, Promise<boolean>>();
  /** Readings that wait for another server to be done, or to be found dead. */
  private readonly postponed = new Map<string, NodeJS.Timeout>();
  private readonly kicked = new Map<string, NodeJS.Timeout>();

  constructor(private readonly options: TraktServiceOptions) {}

  async stop(): Promise<void> {
    this.stopped.abort();
    for (const timer of [...this.kicked.values(), ...this.postponed.values()]) clearTimeout(timer);
    await Promise.allSettled([...this.syncing.values(), ...this.telling.values()]);
  }

  async getStatus({ userId, ageLimit }: TraktActor): Promise<TraktStatus> {
    const { account: links, outboxEntries, titles } = this.options;
    const account = await links.find(userId);
    const { items, total } = account
      ? await outboxEntries.list(userId, shownEntries)
      : { items: [], total: 0 };
    const decisions = account?.decisions ?? [];
    const known = await titles.findTitles([...items, ...decisions].flatMap(({ mediaId }) => mediaId ?? []));
    const titleOf = ({ mediaId }: { mediaId: string | null }) => {
      const title = known.get(mediaId ?? '');
      return title && isVisible(title, ageLimit) ? title : null;
    };
    return {
      configured: links.isConfigured,
      linked: account !== null,
      username: account?.username ?? null,
      status: account?.status ?? null,
      trouble: account?.trouble ?? null,
      pausedUntil: account?.pausedUntil ?? null,
      linkedAt: account?.linkedAt ?? null,
      syncedAt: account?.syncedAt ?? null,
      syncing: this.syncing.has(userId) || (await this.isSyncedElsewhere(account)),
      progress: account?.sync ?? null,
      waiting: { total, items: items.map((entry) => Object.assign({}, entry, { title: titleOf(entry) })) },
      decisions: decisions.map((decision) => Object.assign({}, decision, { title: titleOf(decision) })),
    };
  }

  /** A code to type at Trakt. Errors: conflict, provider-unavailable. */
  startLink({ userId }: TraktActor) {
    if (!this.options.account.isConfigured) return Promise.reject(new TraktNotConfiguredError());
    return this.options.account.startLink(userId);
  }

  /** Whether the code was typed by now. Once it was, everything is read. */
  async pollLink(actor: TraktActor, origin: RequestOrigin) {
    const state = await this.options.account.pollLink(actor.userId);
    if (state === 'linked') {
      await this.record('trakt.linked', actor, origin);
      await this.options.outboxEntries.wake(actor.userId, new Date(this.options.now()));
      this.syncInBackground(actor.userId);
    }
    return state;
  }

  async unlink(actor: TraktActor, origin: RequestOrigin): Promise<void> {
    if (!(await this.options.account.find(actor.userId))) return;
    await this.options.account.unlink(actor.userId);
    await this.options.mirrors.keepOnly(actor.userId, []);
    await this.record('trakt.unlinked', actor, origin);
  }

  /** Reads what changed, now, in the background. Error: conflict when there is no link. */
  async startSync({ userId }: TraktActor): Promise<void> {
    if (!(await this.options.account.find(userId))) throw new TraktNotLinkedError();
    await this.options.accounts.changeAccount(userId, { pausedUntil: null });
    await this.options.outboxEntries.wake(userId, new Date(this.options.now()));
    this.syncInBackground(userId);
    this.kick(userId);
  }

  /** Forgets something that was given up. Errors: not-found, also for what still waits. */
  async dismiss({ userId }: TraktActor, entryId: string): Promise<void> {
    if (!(await this.options.outboxEntries.dismiss(userId, entryId))) throw new NotFoundError('Entry');
  }

  /** For the job: everyone who is linked, one after another. */
  async syncAll(signal: AbortSignal): Promise<void> {
    if (!this.options.account.isConfigured) return;
    for (const { userId, status, pausedUntil, sync } of await this.options.accounts.listAccounts()) {
      signal.throwIfAborted();
      const mayAsk = pausedUntil === null || pausedUntil.getTime() <= this.options.now();
      if (status === 'reconnect' || !mayAsk) continue;
      const isOurs = await this.sync(userId, signal).catch((error: unknown) => this.log(userId, error));
      // The server that was at it may have died: then its reading is taken over as soon as that is known.
      if (isOurs === false && sync !== null && sync.phase !== 'done') this.syncInBackground(userId);
    }
  }

  /** For the job: everyone for whom something is due. */
  async tellAll(signal: AbortSignal): Promise<void> {
    await this.options.outboxEntries.prune(new Date(this.options.now() - givenUpMs));
    if (!this.options.account.isConfigured) return;
    for (const userId of await this.options.outboxEntries.listUsersDue(new Date(this.options.now()))) {
      signal.throwIfAborted();
      await this.tell(userId).catch((error: unknown) => this.log(userId, error));
    }
  }

  /** There is news for Trakt of this user. */
  readonly kick = (userId: string): void => this.kickIn(userId, this.options.gatherMs ?? 500);

  private kickIn(userId: string, ms: number): void {
    if (this.kicked.has(userId) || this.stopped.signal.aborted || !this.options.account.isConfigured) return;
    const timer = setTimeout(() => {
      this.kicked.delete(userId);
      this.tell(userId).catch((error: unknown) => this.log(userId, error));
    }, ms);
    timer.unref();
    this.kicked.set(userId, timer);
  }

  private async isSyncedElsewhere(account: StoredTraktAccount | null): Promise<boolean> {
    if (!account?.sync || account.sync.phase === 'done') return false;
    return this.options.leases.isTaken(leaseOf(account.userId));
  }

  /** One at a time; who asks meanwhile waits for the same. False while another server works for the user. */
  sync(userId: string, signal?: AbortSignal): Promise<boolean> {
    const { leases, sync } = this.options;
    return alone(this.syncing, userId, () =>
      leases.hold(leaseOf(userId), (lease) => {
        const ends = [lease.signal, this.stopped.signal, ...(signal ? [signal] : [])];
        return sync.run(userId, AbortSignal.any(ends));
      }),
    );
  }

  /** The same. */
  tell(userId: string): Promise<boolean> {
    const { leases, outbox } = this.options;
    return alone(this.telling, userId, async () => {
      const isOurs = await leases.hold(leaseOf(userId), ({ signal, confirm }) =>
        outbox.drain(userId, AbortSignal.any([signal, this.stopped.signal]), confirm),
      );
      // Whoever works for this user now may have looked for the last time.
      if (!isOurs) this.kickIn(userId, againMs);
      return isOurs;
    });
  }

  private syncInBackground(userId: string): void {
    this.sync(userId).then(
      (isOurs) => !isOurs && this.postpone(userId),
      (error: unknown) => this.log(userId, error),
    );
  }

  private postpone(userId: string): void {
    if (this.postponed.has(userId) || this.stopped.signal.aborted) return;
    const timer = setTimeout(() => {
      this.postponed.delete(userId);
      this.syncInBackground(userId);
    }, againMs);
    timer.unref();
    this.postponed.set(userId, timer);
  }

  private log(userId: string, error: unknown): void {
    if (this.stopped.signal.aborted) return;
    this.options.logger.warn({ userId, err: error }, 'trakt is not up to date');
  }

  private async record(
    action: 'trakt.linked' | 'trakt.unlinked',
    { userId, username }: TraktActor,
    origin: RequestOrigin,
  ): Promise<void> {
    const actor = { id: userId, name: username };
    await this.options.audit.record({ action, outcome: 'ok', actor, origin, detail: {} });
  }
}

function leaseOf(userId: string): string {
  return `trakt:${userId}`;
}

async function alone<T>(
  running: Map<string, Promise<T>>,
  userId: string,
  work: () => Promise<T>,
): Promise<T> {
  const known = running.get(userId);
  if (known) return known;
  const mine = work().finally(() => running.delete(userId));
  running.set(userId, mine);
  return mine;
}
