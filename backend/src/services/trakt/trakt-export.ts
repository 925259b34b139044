import { newId } from '../../entities/id.js';
import type { AlsoWriteRating, RatingChange } from '../../repositories/rating.repository.js';
import type {
  OutboxEntry,
  TraktOutboxRepository,
  TraktRepository,
} from '../../repositories/trakt.repository.js';
import type { AlsoWrite, NewWatchEvent, TitleChange } from '../../repositories/watch.repository.js';
import type { WatchlistFollower } from '../lists/list.service.js';
import { type PlannedTask, planExport } from './export-plan.js';

export interface TraktExportOptions {
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  now: () => number;
  /** There is news for Trakt of this user; called inside the write, before it is committed. */
  onQueued: (userId: string) => void;
}

/** Puts what Trakt has to be told into the outbox, in the same write as what was watched: neither is there without the other. */
export class TraktExport {
  constructor(private readonly options: TraktExportOptions) {}

  readonly record: AlsoWrite = async (manager, changes) => {
    const { accounts, outbox, onQueued } = this.options;
    for (const [userId, own] of groupByUser(changes)) {
      const account = await accounts.findAccountWithin(manager, userId);
      if (!account) continue;
      let { watching } = account;
      const entries: OutboxEntry[] = [];
      for (const change of own) {
        const plan = planExport(change, watching, this.options.now());
        for (const { instead, task } of plan.steps) {
          let cancelled = 0;
          for (const what of instead) cancelled += await outbox.cancelWithin(manager, userId, what);
          if (cancelled > 0 || !task) continue;
          // Of starts and pauses that were not told yet only the latest matters.
          if (task.task === 'scrobble')
            await outbox.cancelWithin(manager, userId, { task: 'scrobble', actions: ['start', 'pause'] });
          entries.push(outboxEntry(userId, change.after.state, task, this.options.now()));
        }
        watching = plan.watching;
      }
      await outbox.addWithin(manager, entries);
      if (watching !== account.watching) await accounts.changeAccountWithin(manager, userId, { watching });
      if (entries.length > 0) onQueued(userId);
    }
  };

  /** A title was put on the watchlist here, or taken off it. */
  readonly recordWatchlist: WatchlistFollower = async (manager, { userId, mediaId, isOn }) => {
    const { accounts, outbox, onQueued, now } = this.options;
    if (!(await accounts.findAccountWithin(manager, userId))) return;
    // Whatever of this title was not told yet is out of date. Telling what Trakt knows changes nothing there.
    for (const task of ['watchlist-add', 'watchlist-remove'] as const)
      await outbox.cancelWithin(manager, userId, { task, reference: mediaId });
    await outbox.addWithin(manager, [watchlistEntry(userId, mediaId, isOn, now())]);
    onQueued(userId);
  };

  /** A title was rated here, or that was taken back. */
  readonly recordRating: AlsoWriteRating = async (manager, change) => {
    const { accounts, outbox, onQueued, now } = this.options;
    const { userId, titleKey: reference } = change;
    if (!(await accounts.findAccountWithin(manager, userId))) return;
    for (const task of ['rating-set', 'rating-remove'] as const)
      await outbox.cancelWithin(manager, userId, { task, reference });
    await outbox.addWithin(manager, [ratingEntry(change, now())]);
    onQueued(userId);
  };
}

/** Something to tell of a rating, due at once. */
export function ratingEntry(change: RatingChange, now: number): OutboxEntry {
  const { userId, titleKey, rating, ratedAt: at } = change;
  const task = rating === null ? 'rating-remove' : 'rating-set';
  return outboxEntry(userId, change, { task, action: null, progress: rating, at, reference: titleKey }, now);
}

/** Something to tell of the watchlist, due at once. */
export function watchlistEntry(userId: string, mediaId: string, isOn: boolean, now: number): OutboxEntry {
  const task = isOn ? 'watchlist-add' : 'watchlist-remove';
  const title = { titleKey: mediaId, mediaId, season: null, episode: null };
  const facts = { task, action: null, progress: null, at: new Date(now), reference: mediaId } as const;
  return outboxEntry(userId, title, facts, now);
}

/** Something to tell, due at once. */
export function outboxEntry(
  userId: string,
  title: Pick<NewWatchEvent, 'titleKey' | 'mediaId' | 'season' | 'episode'>,
  task: PlannedTask,
  now: number,
): OutboxEntry {
  const { titleKey, mediaId, season, episode } = title;
  return {
    ...{ id: newId(now), userId, titleKey, mediaId, season, episode, ...task },
    ...{ state: 'waiting', attempts: 0, dueAt: new Date(now), reason: null },
  };
}

function groupByUser(changes: readonly TitleChange[]): Map<string, TitleChange[]> {
  const groups = new Map<string, TitleChange[]>();
  for (const change of changes) {
    const group = groups.get(change.userId);
    if (group) group.push(change);
    else groups.set(change.userId, [change]);
  }
  return groups;
}
