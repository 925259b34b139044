import type { RatingRepository } from '../../repositories/rating.repository.js';
import type {
  OutboxEntry,
  TraktOutboxRepository,
  TraktRepository,
} from '../../repositories/trakt.repository.js';
import { titleKeyOf } from '../watch/title-key.js';
import type { WatchService } from '../watch/watch.service.js';
import { remotePrefix } from './export-plan.js';
import type { TraktClient } from './trakt.client.js';
import { TraktError } from './trakt.errors.js';
import {
  historyBody,
  isPlayOf,
  type RemoteIds,
  ratingsBody,
  scrobbleBody,
  titlesBody,
} from './trakt.mapper.js';
import type { UnknownTitles } from './trakt.schemas.js';
import type { TraktCalls } from './trakt-calls.js';

export interface TraktTellerOptions {
  client: TraktClient;
  calls: TraktCalls;
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  ratings: RatingRepository;
  watch: WatchService;
  now: () => number;
}

/** What Trakt has to be told, with what Trakt calls the title. */
export type NamedEntry = OutboxEntry & { ids: RemoteIds };

const minute = 60_000;
const limits = {
  /** A start or a pause is news for this long, and an ending is told as one that happens now. Milliseconds. */
  liveMs: 10 * minute,
  /** How far a line of the history may be from what we told, and still be it. Milliseconds. */
  addedWithinMs: 2_000,
  scrobbledWithinMs: 15 * minute,
} as const;

const none: UnknownTitles = { movie: [], show: [] };

/**
 * Says one thing to Trakt, or several of a kind in one request. A play that may or may not have arrived is looked up
 * before it is sent again, for Trakt would count it twice; the rest may be repeated.
 */
export class TraktTeller {
  constructor(private readonly options: TraktTellerOptions) {}

  /** @returns the titles among them that Trakt does not know. Errors: `TraktError`s. */
  async tell(entries: readonly NamedEntry[], signal: AbortSignal): Promise<UnknownTitles> {
    const [first] = entries;
    if (!first) return none;
    switch (first.task) {
      case 'scrobble':
        return this.tellScrobble(first, signal);
      case 'history-remove':
        await this.tellRemoval(first, signal);
        return none;
      case 'history-add':
        if (first.state === 'sending' && (await this.findRemote(first, limits.addedWithinMs, signal)))
          return none;
        return this.tellAdditions(entries, signal);
      case 'watchlist-add':
      case 'watchlist-remove':
        return this.tellWatchlist(first, entries, signal);
      case 'rating-set':
      case 'rating-remove':
        return this.tellRatings(first, entries, signal);
    }
  }

  private async tellScrobble(entry: NamedEntry, signal: AbortSignal): Promise<UnknownTitles> {
    const { client, calls, now } = this.options;
    const { userId, action, progress, at } = entry;
    if (action === null) return none;
    if (now() - at.getTime() > limits.liveMs) {
      // Nobody is watching that any more; that it was watched is told with its own time.
      if (action !== 'stop') return none;
      const tried = entry.attempts > 0 || entry.state === 'sending';
      if (tried && (await this.findRemote(entry, limits.scrobbledWithinMs, signal))) return none;
      return this.tellAdditions([entry], signal);
    }
    await this.mark([entry]);
    const body = scrobbleBody(progress ?? 0, entry, entry.ids);
    const remoteId = await calls.once(userId, (token) => client.scrobble(token, action, body, signal));
    if (remoteId !== null) await this.link(entry, remoteId);
    return none;
  }

  private async tellAdditions(entries: readonly NamedEntry[], signal: AbortSignal): Promise<UnknownTitles> {
    const { client, calls } = this.options;
    const [first] = entries;
    if (!first) return none;
    // Written down before it is sent: after a crash in between nobody would know.
    await this.mark(entries);
    return calls.once(first.userId, (token) => client.addHistory(token, historyBody(entries), signal));
  }

  private async tellWatchlist(
    { userId, task }: NamedEntry,
    entries: readonly NamedEntry[],
    signal: AbortSignal,
  ): Promise<UnknownTitles> {
    const { client, calls, accounts } = this.options;
    const change = task === 'watchlist-add' ? 'add' : 'remove';
    const body = titlesBody(entries.map(({ ids }) => ids));
    const unknown = await calls.once(userId, (token) => client.changeWatchlist(token, change, body, signal));
    // It was on both watchlists and is on neither: when it comes back there, that is new.
    if (change === 'remove')
      await accounts.forgetWatchlist(
        userId,
        entries.map(({ mediaId }) => mediaId),
      );
    return unknown;
  }

  private async tellRatings(
    { userId, task }: NamedEntry,
    entries: readonly NamedEntry[],
    signal: AbortSignal,
  ): Promise<UnknownTitles> {
    const { client, calls, ratings, now } = this.options;
    const change = task === 'rating-set' ? 'set' : 'remove';
    // Of one title the latest word.
    const latest = new Map(entries.map((entry) => [entry.titleKey, entry]));
    const said = [...latest.values()].map(({ season, episode, at, ids, progress }) => {
      return { season, episode, at, ids, rating: change === 'set' ? progress : null };
    });
    const unknown = await calls.once(userId, (token) =>
      client.changeRatings(token, change, ratingsBody(said), signal),
    );
    if (change === 'set') await ratings.markSeen(userId, [...latest.keys()], new Date(now()));
    return unknown;
  }

  private async tellRemoval(entry: NamedEntry, signal: AbortSignal): Promise<void> {
    const { client, calls, accounts, watch } = this.options;
    const { userId, reference } = entry;
    const isRemoteId = reference !== null && /^\d+$/.test(reference);
    const remoteId = isRemoteId ? reference : await this.findRemote(entry, limits.scrobbledWithinMs, signal);
    if (remoteId === null) return;
    await this.mark([entry]);
    try {
      await calls.once(userId, (token) => client.removeHistory(token, [remoteId], signal));
    } catch (error) {
      if (!(error instanceof TraktError) || error.fault !== 'not-found') throw error;
    }
    await watch.import(userId, [], (manager) => accounts.deletePlaysWithin(manager, userId, [remoteId]));
  }

  /** The line of Trakt's history that is this play, by title and time; null when there is none. */
  private async findRemote(entry: NamedEntry, withinMs: number, signal: AbortSignal): Promise<string | null> {
    const { client, calls } = this.options;
    const query = {
      page: 1,
      from: new Date(entry.at.getTime() - withinMs),
      until: new Date(entry.at.getTime() + withinMs),
      signal,
    };
    const { rows } = await calls.once(entry.userId, (token) => client.getHistory(token, query));
    return rows.find((row) => isPlayOf(row, entry, withinMs))?.id ?? null;
  }

  /** What Trakt calls the play we told it of. */
  private async link(entry: NamedEntry, remoteId: string): Promise<void> {
    const { watch, accounts, now } = this.options;
    const { userId, at } = entry;
    const id = `${remotePrefix}${remoteId}`;
    const facts = { kind: 'finished', id, changeId: id, origin: 'trakt', at, counter: 0 } as const;
    const event = watch.newEvent({ userId, device: 'trakt' }, entry, facts);
    const seenAt = new Date(now());
    await watch.import(userId, [event], (manager) =>
      accounts.keepPlaysWithin(manager, [{ userId, remoteId, titleKey: titleKeyOf(entry), seenAt }]),
    );
  }

  private async mark(entries: readonly NamedEntry[]): Promise<void> {
    const attempts = Math.max(...entries.map((entry) => entry.attempts)) + 1;
    await this.options.outbox.change(
      entries.map(({ id }) => id),
      { state: 'sending', attempts },
    );
  }
}
