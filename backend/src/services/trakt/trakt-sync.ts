import type { TraktDecision, TraktSyncProgress } from '../../entities/trakt-account.entity.js';
import type {
  RemotePlay,
  RemoteTitle,
  StoredTraktAccount,
  TraktOutboxRepository,
  TraktRepository,
} from '../../repositories/trakt.repository.js';
import type { NewWatchEvent, WatchRepository } from '../../repositories/watch.repository.js';
import { plainEvent } from '../watch/fold-title.js';
import { type TitleRef, titleKeyOf } from '../watch/title-key.js';
import type { WatchService } from '../watch/watch.service.js';
import { remotePrefix, unknownToTrakt } from './export-plan.js';
import type { RemoteNames } from './remote-names.js';
import type { TraktClient, TraktPage, TraktSection } from './trakt.client.js';
import { TraktError } from './trakt.errors.js';
import { subjectOf } from './trakt.mapper.js';
import type { TraktHistoryRow, TraktPlaybackRow } from './trakt.schemas.js';
import type { TraktCalls } from './trakt-calls.js';
import { outboxEntry } from './trakt-export.js';

export interface TraktSyncOptions {
  client: TraktClient;
  calls: TraktCalls;
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  watch: WatchService;
  watches: WatchRepository;
  names: RemoteNames;
  /** Milliseconds since 1970. */
  now: () => number;
  onQueued: (userId: string) => void;
  /** Shows of which somebody has watched an episode; called once each for a reading. */
  onShowsMet: (showIds: readonly string[]) => Promise<void>;
  /** What is read besides, when its stamp moved. */
  sections: readonly TraktSyncSection[];
}

export interface TraktSyncSection {
  name: TraktSection;
  /** It is read again after so long, even if its stamp stands. Milliseconds. */
  atLeastEveryMs?: number;
  read: (userId: string, signal: AbortSignal) => Promise<void>;
}

const day = 24 * 60 * 60_000;
const limits = {
  /** Read again at each update: what was told late, and clocks that differ. Milliseconds. */
  overlapMs: 2 * day,
  /** Plays that were here before the first link and are told to Trakt then. */
  ownPlays: 20_000,
  batch: 500,
  /** Places this close are one place; a share of the whole. */
  samePlace: 0.02,
} as const;

/**
 * Reads what changed at Trakt. Each page is written with how far it is, in one write: after any end it goes on there,
 * and a page read twice changes nothing, for Trakt's own ids name the events.
 */
export class TraktSync {
  constructor(private readonly options: TraktSyncOptions) {}

  /** Errors: `TraktError`s, conflict when there is no link. */
  async run(userId: string, signal: AbortSignal): Promise<void> {
    const { accounts, calls, client } = this.options;
    const activities = await calls.read(userId, (token) => client.getActivities(token, signal), signal);
    let account = await this.account(userId);
    const isUnfinished = account.sync !== null && account.sync.phase !== 'done';
    if (isUnfinished || account.activities['watched'] !== activities.watched) {
      await this.readHistory(account, signal);
      account = await this.account(userId);
      await this.keepActivity(account, { watched: activities.watched });
    }
    account = await this.account(userId);
    if (account.activities['paused'] !== activities.paused) {
      await this.readPlayback(account, signal);
      account = await this.account(userId);
      await this.keepActivity(account, { paused: activities.paused });
    }
    for (const { name, atLeastEveryMs, read } of this.options.sections) {
      account = await this.account(userId);
      const turn = atLeastEveryMs === undefined ? '' : ` ${Math.floor(this.options.now() / atLeastEveryMs)}`;
      const stamp = `${activities[name]}${turn}`;
      if (account.activities[name] === stamp) continue;
      await read(userId, signal).catch((error: unknown) => {
        // What this account does not have is no reason to be without the rest.
        if (!(error instanceof TraktError) || (error.fault !== 'not-found' && error.fault !== 'vip-only'))
          throw error;
      });
      await this.keepActivity(await this.account(userId), { [name]: stamp });
    }
    await accounts.changeAccount(userId, { syncedAt: new Date(this.options.now()) });
  }

  private async readHistory(account: StoredTraktAccount, signal: AbortSignal): Promise<void> {
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
    if (isFirst) await this.tellOwnPlays(userId);
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
    const rows = await this.resolve(page.rows);
    const seenAt = new Date(now());
    const events = rows.flatMap(({ row, ref }) =>
      ref ? [this.event(userId, ref, row.id, row.watched_at, { kind: 'finished' as const })] : [],
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
    await watch.import(userId, events, async (manager) => {
      await accounts.keepPlaysWithin(manager, plays);
      await accounts.keepTitlesWithin(manager, titlesOf(rows));
      await accounts.changeAccountWithin(manager, userId, { sync: progress });
    });
    const shows = rows.flatMap(({ subject, ref }) => (subject?.type === 'show' && ref ? [ref.mediaId] : []));
    const news = [...new Set(shows)].filter((showId) => !met.has(showId));
    for (const showId of news) met.add(showId);
    await this.options.onShowsMet(news);
    const future = rows.flatMap(({ row, ref }) =>
      ref && Date.parse(row.watched_at) > seenAt.getTime() ? [decided('clock', 'here', ref, seenAt)] : [],
    );
    await accounts.noteDecisions(userId, future);
    return progress;
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

  private async readPlayback(account: StoredTraktAccount, signal: AbortSignal): Promise<void> {
    const { userId } = account;
    const { client, calls, watch, accounts } = this.options;
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await calls.read(userId, (token) => client.getPlayback(token, page, signal), signal);
      pages = answer.received === 0 ? page : answer.pages;
      const rows = await this.resolve(answer.rows);
      const events = rows.flatMap(({ row, ref }) => {
        if (!ref) return [];
        const id = `p-${row.id}-${Date.parse(row.paused_at)}`;
        const facts = { kind: 'paused' as const, fraction: row.progress / 100 };
        return [this.event(userId, ref, id, row.paused_at, facts)];
      });
      const decisions = await this.comparePlaces(userId, events);
      await watch.import(userId, events, (manager) => accounts.keepTitlesWithin(manager, titlesOf(rows)));
      await accounts.noteDecisions(userId, decisions);
    }
  }

  /** Where we know another place in a title than Trakt does, and which of them counts. */
  private async comparePlaces(userId: string, events: readonly NewWatchEvent[]): Promise<TraktDecision[]> {
    const { watches, now } = this.options;
    const keys = [...new Set(events.map(({ titleKey }) => titleKey))];
    const known = new Set((await watches.listEvents(userId, keys)).map(({ id }) => id));
    const decisions: TraktDecision[] = [];
    for (const event of events) {
      // It was decided when it was read first.
      if (known.has(event.id)) continue;
      const ours = await watches.findState(userId, event.titleKey);
      if (!ours?.inProgress || event.fraction === null) continue;
      if (Math.abs(ours.fraction - event.fraction) < limits.samePlace) continue;
      const winner = ours.lastActivityAt !== null && ours.lastActivityAt > event.at ? 'here' : 'trakt';
      decisions.push(decided('place', winner, event, new Date(now())));
    }
    return decisions;
  }

  /** What was watched here before the link is told to Trakt once, as far as Trakt does not know it. */
  private async tellOwnPlays(userId: string): Promise<void> {
    const { watches, outbox, onQueued, now } = this.options;
    const entries = [];
    let after = '';
    for (let read = 0; read < limits.ownPlays; ) {
      const plays = await watches.listOwnPlays(userId, after, limits.batch);
      if (plays.length === 0) break;
      read += plays.length;
      after = plays.at(-1)?.id ?? after;
      const wanted = new Map(plays.map((play) => [play.id, play]));
      const keys = [...new Set(plays.map(({ titleKey }) => titleKey))];
      for (const events of byTitle(await watches.listEvents(userId, keys))) {
        for (const play of unknownToTrakt(events.map(plainEvent))) {
          const stored = wanted.get(play.id);
          if (!stored) continue;
          const task = { task: 'history-add', action: null, progress: null, reference: play.id } as const;
          entries.push(outboxEntry(userId, stored, { ...task, at: new Date(play.watchedAt) }, now()));
        }
      }
    }
    await outbox.add(entries);
    if (entries.length > 0) onQueued(userId);
  }

  private async resolve<T extends TraktHistoryRow | TraktPlaybackRow>(rows: readonly T[]) {
    const subjects = rows.map((row) => subjectOf(row));
    const ids = await this.options.names.resolve(subjects.filter((subject) => subject !== null));
    let next = 0;
    return rows.map((row, at) => {
      const subject = subjects[at] ?? null;
      const mediaId = subject ? (ids[next++] ?? null) : null;
      const ref =
        subject && mediaId !== null ? { mediaId, season: subject.season, episode: subject.episode } : null;
      return { row, subject, ref };
    });
  }

  private event(
    userId: string,
    ref: NonNullable<Awaited<ReturnType<TraktSync['resolve']>>[number]['ref']>,
    remoteId: string,
    moment: string,
    facts: Pick<NewWatchEvent, 'kind'> & Partial<NewWatchEvent>,
  ): NewWatchEvent {
    const id = `${remotePrefix}${remoteId}`;
    return this.options.watch.newEvent({ userId, device: 'trakt' }, ref, {
      ...{ id, changeId: id, origin: 'trakt', counter: 0 },
      // A clock of theirs, or of ours, that is wrong must not put a play into the future, where it would win for ever.
      at: new Date(Math.min(Date.parse(moment), this.options.now())),
      ...facts,
    });
  }

  private async keepActivity(account: StoredTraktAccount, news: Record<string, string>): Promise<void> {
    const activities = { ...account.activities, ...news };
    await this.options.accounts.changeAccount(account.userId, { activities });
  }

  private async account(userId: string): Promise<StoredTraktAccount> {
    return this.options.calls.getAccount(userId);
  }
}

type Resolved = Awaited<ReturnType<TraktSync['resolve']>>[number];

function decided(
  rule: TraktDecision['rule'],
  winner: TraktDecision['winner'],
  { mediaId, season, episode }: TitleRef,
  at: Date,
): TraktDecision {
  return { at: at.getTime(), rule, mediaId, season, episode, name: null, winner };
}

function titlesOf(rows: readonly Resolved[]): RemoteTitle[] {
  const titles = new Map<string, RemoteTitle>();
  for (const { subject, ref } of rows) {
    const traktId = subject?.title.ids.trakt ?? null;
    if (subject && ref && traktId !== null)
      titles.set(`${subject.type} ${traktId}`, { type: subject.type, traktId, mediaId: ref.mediaId });
  }
  return [...titles.values()];
}

function byTitle(events: readonly NewWatchEvent[]): NewWatchEvent[][] {
  const groups = new Map<string, NewWatchEvent[]>();
  for (const event of events) {
    const group = groups.get(event.titleKey);
    if (group) group.push(event);
    else groups.set(event.titleKey, [event]);
  }
  return [...groups.values()];
}
