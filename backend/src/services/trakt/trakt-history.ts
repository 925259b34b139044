import type { TraktSyncProgress } from '../../entities/trakt-account.entity.js';
import type {
  RemotePlay,
  StoredTraktAccount,
  TraktOutboxRepository,
  TraktRepository,
} from '../../repositories/trakt.repository.js';
import type { AlsoWrite, WatchRepository } from '../../repositories/watch.repository.js';
import { titleKeyOf } from '../watch/title-key.js';
import type { WatchService } from '../watch/watch.service.js';
import { remotePrefix } from './export-plan.js';
import { type OverruledPlay, overruledPlays } from './overruled-plays.js';
import type { OwnPlays } from './own-plays.js';
import { decided, type RemoteRows, type ResolvedRow, titlesOf } from './remote-rows.js';
import type { TraktClient, TraktPage } from './trakt.client.js';
import type { TraktHistoryRow } from './trakt.schemas.js';
import type { TraktCalls } from './trakt-calls.js';
import { outboxEntry } from './trakt-export.js';

export interface TraktHistoryOptions {
  client: TraktClient;
  calls: TraktCalls;
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  rows: RemoteRows;
  ownPlays: OwnPlays;
  watch: WatchService;
  watches: WatchRepository;
  /** Milliseconds since 1970. */
  now: () => number;
  onQueued: (userId: string) => void;
  /** Shows of which somebody has watched an episode; called once each for a reading. */
  onShowsMet: (showIds: readonly string[]) => Promise<void>;
}

const limits = {
  /** Read again at each update: what was told late, and clocks that differ. Milliseconds. */
  overlapMs: 2 * 24 * 60 * 60_000,
  batch: 500,
} as const;

/**
 * Reads what was watched. Each page is written with how far it is, in one write: after any end it goes on there, and a
 * page read twice changes nothing, for Trakt's own ids name the events.
 */
export class TraktHistory {
  constructor(private readonly options: TraktHistoryOptions) {}

  /** Errors: `TraktError`s. */
  async read(account: StoredTraktAccount, signal: AbortSignal): Promise<void> {
    const { userId } = account;
    const isFirst = account.activities['watched'] === undefined;
    let progress = account.sync;
    if (!progress || progress.phase === 'done') {
      const from = account.syncedAt ? account.syncedAt.getTime() - limits.overlapMs : null;
      progress = this.begin(isFirst ? null : from);
    }
    progress = await this.readPages(userId, progress, signal);
    if (!progress.whole && (await this.isIncomplete(userId, progress, signal)))
      progress = await this.readPages(userId, this.begin(null), signal);
    if (progress.whole && progress.received >= progress.totalItems) await this.dropUnseen(userId, progress);
    if (isFirst) await this.options.ownPlays.tell(userId);
    const sync: TraktSyncProgress = { ...progress, phase: 'done' };
    await this.options.accounts.changeAccount(userId, { sync });
  }

  private begin(from: number | null): TraktSyncProgress {
    return {
      ...{ phase: 'history', whole: from === null, page: 0, pages: 1, items: 0, totalItems: 0, received: 0 },
      ...{ skipped: 0, from, startedAt: this.options.now() },
    };
  }

  private async readPages(
    userId: string,
    progress: TraktSyncProgress,
    signal: AbortSignal,
  ): Promise<TraktSyncProgress> {
    const { client, calls } = this.options;
    const met = new Set<string>();
    while (progress.page < progress.pages) {
      signal.throwIfAborted();
      const query = {
        page: progress.page + 1,
        from: progress.from === null ? undefined : new Date(progress.from),
        signal,
      };
      const page = await calls.read(userId, (token) => client.getHistory(token, query), signal);
      progress = await this.keepPage(userId, progress, page, met);
    }
    return progress;
  }

  private async keepPage(
    userId: string,
    before: TraktSyncProgress,
    page: TraktPage<TraktHistoryRow>,
    met: Set<string>,
  ): Promise<TraktSyncProgress> {
    const { watch, accounts, now } = this.options;
    const rows = await this.options.rows.resolve(page.rows);
    const seenAt = new Date(now());
    const events = rows.flatMap(({ row, ref }) =>
      ref
        ? [this.options.rows.event(userId, ref, row.id, row.watched_at, { kind: 'finished' as const })]
        : [],
    );
    const plays = rows.map(({ row, ref }): RemotePlay => {
      return { userId, remoteId: row.id, titleKey: ref && titleKeyOf(ref), seenAt };
    });
    const progress: TraktSyncProgress = {
      ...before,
      page: before.page + 1,
      // A page that is empty is the last one, whatever its headers say.
      pages: page.received === 0 ? before.page + 1 : page.pages,
      items: before.items + events.length,
      totalItems: page.items,
      received: before.received + page.received,
      skipped: before.skipped + page.received - events.length,
    };
    let overruled: OverruledPlay[] = [];
    const changes = await watch.import(userId, events, async (manager, merged) => {
      overruled = overruledPlays(merged);
      await accounts.keepPlaysWithin(manager, plays);
      await accounts.keepTitlesWithin(manager, titlesOf(rows));
      await accounts.changeAccountWithin(manager, userId, { sync: progress });
      await this.removeThere(manager, userId, overruled);
    });
    await this.tellShows(rows, met);
    const added = new Set(changes.flatMap((change) => change.added.map(({ id }) => id)));
    const future = rows.flatMap(({ row, ref }) =>
      ref && Date.parse(row.watched_at) > seenAt.getTime() && added.has(`${remotePrefix}${row.id}`)
        ? [decided('clock', 'here', ref, seenAt)]
        : [],
    );
    const unmarked = overruled.map(({ event }) => decided('unmarked', 'here', event, seenAt));
    await accounts.noteDecisions(userId, [...future, ...unmarked]);
    return progress;
  }

  /** What was undone here since the link goes there too. What was undone before it takes nothing away at Trakt. */
  private async removeThere(
    manager: Parameters<AlsoWrite>[0],
    userId: string,
    overruled: readonly OverruledPlay[],
  ): Promise<void> {
    if (overruled.length === 0) return;
    const { accounts, outbox, onQueued, now } = this.options;
    const account = await accounts.findAccountWithin(manager, userId);
    if (!account) return;
    const entries = overruled
      .filter(({ by }) => by.at >= account.linkedAt)
      .map(({ event }) => {
        const reference = event.id.slice(remotePrefix.length);
        const task = { task: 'history-remove', action: null, progress: null, reference } as const;
        return outboxEntry(userId, event, { ...task, at: event.at }, now());
      });
    await outbox.addWithin(manager, entries);
    if (entries.length > 0) onQueued(userId);
  }

  private async tellShows(rows: readonly ResolvedRow<unknown>[], met: Set<string>): Promise<void> {
    const shows = rows.flatMap(({ subject, ref }) => (subject?.type === 'show' && ref ? [ref.mediaId] : []));
    const news = [...new Set(shows)].filter((showId) => !met.has(showId));
    for (const showId of news) met.add(showId);
    await this.options.onShowsMet(news);
  }

  /** Trakt has more or fewer lines than we know of: something older was added, or something was removed. */
  private async isIncomplete(
    userId: string,
    progress: TraktSyncProgress,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client, calls, accounts } = this.options;
    const query = { page: 1, limit: 1, signal };
    const { items } = await calls.read(userId, (token) => client.getHistory(token, query), signal);
    return progress.pages > 0 && items !== (await accounts.countPlays(userId));
  }

  /** What a reading of everything did not find was removed at Trakt. */
  private async dropUnseen(userId: string, { startedAt }: TraktSyncProgress): Promise<void> {
    const { accounts, watch, watches } = this.options;
    for (;;) {
      const unseen = await accounts.listUnseen(userId, new Date(startedAt), limits.batch);
      if (unseen.length === 0) return;
      const keys = unseen.flatMap(({ titleKey }) => titleKey ?? []);
      const told = new Map(
        (await watches.listEvents(userId, [...new Set(keys)])).map((event) => [event.id, event]),
      );
      const events = unseen.flatMap(({ remoteId }) => {
        const event = told.get(`${remotePrefix}${remoteId}`);
        if (!event) return [];
        const facts = { kind: 'removed' as const, origin: 'trakt' as const, targetId: event.id };
        const watcher = { userId, device: 'trakt' };
        return [watch.newEvent(watcher, event, { ...facts, changeId: `gone-${remoteId}` })];
      });
      const remoteIds = unseen.map(({ remoteId }) => remoteId);
      await watch.import(userId, events, (manager) => accounts.deletePlaysWithin(manager, userId, remoteIds));
      const at = new Date(this.options.now());
      await accounts.noteDecisions(
        userId,
        events.map((event) => decided('play-removed', 'trakt', event, at)),
      );
    }
  }
}
