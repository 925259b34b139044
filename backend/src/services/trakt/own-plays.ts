import type { TraktOutboxRepository, TraktRepository } from '../../repositories/trakt.repository.js';
import type { NewWatchEvent, WatchRepository } from '../../repositories/watch.repository.js';
import { plainEvent } from '../watch/fold-title.js';
import { foldEvents } from '../watch/watch-fold.js';
import { remoteIdsOf } from './export-plan.js';
import { outboxEntry } from './trakt-export.js';

export interface OwnPlaysOptions {
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  watches: WatchRepository;
  now: () => number;
  onQueued: (userId: string) => void;
}

/** More than this is not told. */
const mostPlays = 20_000;
const batch = 500;

/** What was watched here before the link. */
export class OwnPlays {
  constructor(private readonly options: OwnPlaysOptions) {}

  /** Puts what this account at Trakt does not know into the outbox; once, after all of its history was read. */
  async tell(userId: string): Promise<void> {
    const { watches, outbox, onQueued, now } = this.options;
    const entries = [];
    let after = '';
    for (let read = 0; read < mostPlays; ) {
      const plays = await watches.listOwnPlays(userId, after, batch);
      if (plays.length === 0) break;
      read += plays.length;
      after = plays.at(-1)?.id ?? after;
      const wanted = new Map(plays.map((play) => [play.id, play]));
      const keys = [...new Set(plays.map(({ titleKey }) => titleKey))];
      for (const play of await this.unknown(userId, await watches.listEvents(userId, keys))) {
        const stored = wanted.get(play.id);
        if (!stored) continue;
        const task = { task: 'history-add', action: null, progress: null, reference: play.id } as const;
        entries.push(outboxEntry(userId, stored, { ...task, at: new Date(play.watchedAt) }, now()));
      }
    }
    await outbox.add(entries);
    if (entries.length > 0) onQueued(userId);
  }

  /** Lines of an account that was linked before do not count: this one does not have them. */
  private async unknown(userId: string, events: readonly NewWatchEvent[]) {
    const plays = byTitle(events).flatMap((ofTitle) => foldEvents(ofTitle.map(plainEvent)).plays);
    const known = await this.options.accounts.findPlays(userId, plays.flatMap(remoteIdsOf));
    return plays.filter((play) => !remoteIdsOf(play).some((id) => known.has(id)));
  }
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
