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
import { TraktError, TraktNotConfiguredError } from './trakt.errors.js';
import type { TraktAccountService } from './trakt-account.service.js';
import type { TraktCalls } from './trakt-calls.js';
import type { Schedule, TraktOutage } from './trakt-outage.js';
import type { TraktOutbox } from './trakt-outbox.js';
import type { TraktSync } from './trakt-sync.js';

export interface TraktServiceOptions {
  account: TraktAccountService;
  accounts: TraktRepository;
  outboxEntries: TraktOutboxRepository;
  sync: TraktSync;
  calls: Pick<TraktCalls, 'mayRead'>;
  outbox: TraktOutbox;
  outage: TraktOutage;
  /** Of several servers on a database one at a time reads and tells for a user. */
  leases: LeaseKeeper;
  titles: TitleDirectory;
  mirrors: MirroredLists;
  audit: AuditLogService;
  logger: Logger;
  now: () => number;
  schedule: Schedule;
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
/** How long news waits for more, so that one request carries both. Milliseconds. */
const gatherMs = 500;
/** Longest timer; the job finds what is due later. Milliseconds. */
const longestTimerMs = 60 * 60_000;
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
  private readonly postponed = new Map<string, () => void>();
  /** The next time the outbox of a user is looked at. */
  private readonly kicked = new Map<string, { at: number; cancel: () => void }>();

  constructor(private readonly options: TraktServiceOptions) {}

  /** Sends what waits since before this server started. What an outage has postponed is due at once: it may be over. */
  async start(): Promise<void> {
    await this.wakeAfterOutage();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.options.outage.stop();
    for (const { cancel } of this.kicked.values()) cancel();
    for (const cancel of this.postponed.values()) cancel();
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
      void this.syncInBackground(actor.userId);
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
    const { status } = await this.options.account.get(userId);
    // An administrator or the user may have mended these. How long Trakt wants no writes is for Trakt to say.
    if (status === 'client-refused' || status === 'locked')
      await this.options.accounts.changeAccount(userId, { pausedUntil: null });
    await this.options.outboxEntries.wake(userId, new Date(this.options.now()));
    void this.syncInBackground(userId);
    this.kick(userId);
  }

  /** Forgets something that was given up. Errors: not-found, also for what still waits. */
  async dismiss({ userId }: TraktActor, entryId: string): Promise<void> {
    if (!(await this.options.outboxEntries.dismiss(userId, entryId))) throw new NotFoundError('Entry');
  }

  /** For the job: everyone who is linked, one after another. */
  async syncAll(signal: AbortSignal): Promise<void> {
    if (!this.options.account.isConfigured) return;
    for (const account of await this.options.accounts.listAccounts()) {
      signal.throwIfAborted();
      if (!this.options.calls.mayRead(account)) continue;
      const { userId, sync } = account;
      const isOurs = await this.sync(userId, signal).catch((error: unknown) => this.log(userId, error));
      // The server that was at it may have died: then its reading is taken over as soon as that is known.
      if (isOurs === false && sync !== null && sync.phase !== 'done') void this.syncInBackground(userId);
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

  /** Sends the user's news soon. */
  readonly kick = (userId: string): void => this.kickIn(userId, gatherMs);

  /** Makes what an outage has postponed due, and sends what is due. */
  async wakeAfterOutage(): Promise<void> {
    const { accounts, outboxEntries, account, now } = this.options;
    if (!account.isConfigured) return;
    await accounts.resumeAccounts(outageReasons);
    await outboxEntries.wakeAfterOutage(new Date(now()), outageReasons);
    for (const userId of await outboxEntries.listUsersDue(new Date(now()))) this.kick(userId);
  }

  /** Of two times the earlier one counts. */
  private kickIn(userId: string, ms: number): void {
    if (this.stopped.signal.aborted || !this.options.account.isConfigured) return;
    const at = this.options.now() + ms;
    const planned = this.kicked.get(userId);
    if (planned && planned.at <= at) return;
    planned?.cancel();
    const cancel = this.options.schedule(ms, async () => {
      this.kicked.delete(userId);
      await this.tell(userId).catch((error: unknown) => this.log(userId, error));
    });
    this.kicked.set(userId, { at, cancel });
  }

  private async isSyncedElsewhere(account: StoredTraktAccount | null): Promise<boolean> {
    if (!account?.sync || account.sync.phase === 'done') return false;
    return this.options.leases.isTaken(readingLease(account.userId));
  }

  /** One at a time; who asks meanwhile waits for the same. False while another server works for the user. */
  sync(userId: string, signal?: AbortSignal): Promise<boolean> {
    const { leases, sync } = this.options;
    return alone(this.syncing, userId, () =>
      leases.hold(readingLease(userId), (lease) => {
        const ends = [lease.signal, this.stopped.signal, ...(signal ? [signal] : [])];
        return sync.run(userId, AbortSignal.any(ends));
      }),
    );
  }

  /**
   * Sends the user's news to Trakt; calls during a running one share its outcome. Returns false when another server holds the
   * lease. What has to wait is tried again when its time has come.
   */
  tell(userId: string): Promise<boolean> {
    const { leases, outbox, now } = this.options;
    return alone(this.telling, userId, async () => {
      const isOurs = await leases.hold(tellingLease(userId), ({ signal, confirm }) =>
        outbox.drain(userId, AbortSignal.any([signal, this.stopped.signal]), confirm),
      );
      // The lease holder may already have looked for the last time.
      if (!isOurs) this.kickIn(userId, againMs);
      const next = isOurs ? await outbox.findNextMoment(userId) : null;
      if (next !== null && next - now() < longestTimerMs)
        this.kickIn(userId, Math.max(gatherMs, next - now()));
      return isOurs;
    });
  }

  /** Never rejects. */
  private async syncInBackground(userId: string): Promise<void> {
    try {
      if (!(await this.sync(userId))) this.postpone(userId);
    } catch (error) {
      this.log(userId, error);
    }
  }

  private postpone(userId: string): void {
    if (this.postponed.has(userId) || this.stopped.signal.aborted) return;
    const cancel = this.options.schedule(againMs, () => {
      this.postponed.delete(userId);
      return this.syncInBackground(userId);
    });
    this.postponed.set(userId, cancel);
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

/** What the entries say that an outage has postponed. */
const outageReasons = (['unavailable', 'no-answer'] as const).map((fault) => new TraktError(fault).message);

function readingLease(userId: string): string {
  return `trakt:${userId}`;
}

/** Apart from reading, so that another server's long sync does not hold news back. */
function tellingLease(userId: string): string {
  return `trakt-outbox:${userId}`;
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
