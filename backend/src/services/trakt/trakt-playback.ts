import type { TraktDecision } from '../../entities/trakt-account.entity.js';
import type { TraktRepository } from '../../repositories/trakt.repository.js';
import type { NewWatchEvent, WatchRepository } from '../../repositories/watch.repository.js';
import type { WatchService } from '../watch/watch.service.js';
import { decided, type RemoteRows, titlesOf } from './remote-rows.js';
import type { TraktClient } from './trakt.client.js';
import type { TraktCalls } from './trakt-calls.js';

export interface TraktPlaybackOptions {
  client: TraktClient;
  calls: TraktCalls;
  accounts: TraktRepository;
  rows: RemoteRows;
  watch: WatchService;
  watches: WatchRepository;
  now: () => number;
}

/** Places this close are one place; a share of the whole. */
const samePlace = 0.02;

/** Takes over where the user stopped on other players. */
export class TraktPlayback {
  constructor(private readonly options: TraktPlaybackOptions) {}

  /** Errors: `TraktError`s. */
  async read(userId: string, signal: AbortSignal): Promise<void> {
    const { client, calls, rows: remote, watch, accounts } = this.options;
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const answer = await calls.read(userId, (token) => client.getPlayback(token, page, signal), signal);
      pages = answer.received === 0 ? page : answer.pages;
      const rows = await remote.resolve(answer.rows);
      const events = rows.flatMap(({ row, ref }) => {
        if (!ref) return [];
        const id = `p-${row.id}-${Date.parse(row.paused_at)}`;
        const facts = { kind: 'paused' as const, fraction: row.progress / 100 };
        return [remote.event(userId, ref, id, row.paused_at, facts)];
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
      if (Math.abs(ours.fraction - event.fraction) < samePlace) continue;
      const winner = ours.lastActivityAt !== null && ours.lastActivityAt > event.at ? 'here' : 'trakt';
      decisions.push(decided('place', winner, event, new Date(now())));
    }
    return decisions;
  }
}
