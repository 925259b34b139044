import type { Logger } from '../../logging/logger.js';
import type {
  OutboxEntry,
  TraktOutboxRepository,
  TraktRepository,
} from '../../repositories/trakt.repository.js';
import { titleKeyOf } from '../watch/title-key.js';
import type { WatchService } from '../watch/watch.service.js';
import { remotePrefix } from './export-plan.js';
import type { RemoteNames } from './remote-names.js';
import type { TraktClient } from './trakt.client.js';
import { TraktError } from './trakt.errors.js';
import {
  hasRemoteId,
  historyBody,
  isPlayOf,
  type RemoteIds,
  scrobbleBody,
  titlesBody,
} from './trakt.mapper.js';
import { type TraktCalls, waitAfter } from './trakt-calls.js';

export interface TraktOutboxOptions {
  client: TraktClient;
  calls: TraktCalls;
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  names: RemoteNames;
  watch: WatchService;
  logger: Logger;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Trakt takes one write a second from a user. Milliseconds. */
  betweenWritesMs?: number;
}

type Named = OutboxEntry & { ids: RemoteIds };

const minute = 60_000;
const limits = {
  /** Plays told in one request. */
  batch: 50,
  /** A start or a pause is news for this long, and an ending is told as one that happens now. Milliseconds. */
  liveMs: 10 * minute,
  /** How far a line of the history may be from what we told, and still be it. Milliseconds. */
  addedWithinMs: 2_000,
  scrobbledWithinMs: 15 * minute,
  /** After the limit of the account was reached. Milliseconds. */
  fullMs: 6 * 60 * minute,
} as const;

/**
 * Tells Trakt what waits, in order, one user's entries one after another. An entry leaves only when Trakt has it. A play
 * that may or may not have arrived is looked up before it is sent again, for Trakt would count it twice.
 */
export class TraktOutbox {
  constructor(private readonly options: TraktOutboxOptions) {}

  /** Until nothing is due, or Trakt is to be left alone. */
  async drain(userId: string, signal: AbortSignal): Promise<void> {
    const { outbox, accounts, now, sleep, betweenWritesMs = 1_000 } = this.options;
    for (;;) {
      signal.throwIfAborted();
      const account = await accounts.findAccount(userId);
      if (!account || account.status === 'reconnect') return;
      if (account.pausedUntil !== null && account.pausedUntil.getTime() > now()) return;
      const due = await outbox.listDue(userId, new Date(now()), limits.batch);
      const [first] = due;
      if (!first) return;
      const together = leading(due, (entry) => goesWith(first, entry));
      if (!(await this.send(together, signal))) return;
      await sleep(betweenWritesMs, signal);
    }
  }

  /** False when Trakt is to be left alone. */
  private async send(entries: readonly OutboxEntry[], signal: AbortSignal): Promise<boolean> {
    const { outbox } = this.options;
    const names = await this.options.names.namesOf(entries.map(({ mediaId }) => mediaId));
    const named = entries.map((entry): Named => {
      const ids = names.get(entry.mediaId) ?? nameless;
      return Object.assign({}, entry, { ids });
    });
    const unnamed = named.filter(({ ids }) => !hasRemoteId(ids)).map(({ id }) => id);
    if (unnamed.length > 0) await this.giveUp(unnamed, 'Trakt has no name for this title.');
    const rest = named.filter(({ ids }) => hasRemoteId(ids));
    const [first] = rest;
    if (!first) return true;
    const ids = rest.map(({ id }) => id);
    try {
      await this.tell(first, rest, signal);
      await outbox.delete(ids);
      return true;
    } catch (error) {
      if (!(error instanceof TraktError)) throw error;
      return this.failed(rest, error);
    }
  }

  private async tell(first: Named, entries: readonly Named[], signal: AbortSignal): Promise<void> {
    switch (first.task) {
      case 'scrobble':
        return this.tellScrobble(first, signal);
      case 'history-remove':
        return this.tellRemoval(first, signal);
      case 'history-add':
        if (first.state === 'sending' && (await this.findRemote(first, limits.addedWithinMs, signal))) return;
        return this.tellAdditions(entries, signal);
      case 'watchlist-add':
      case 'watchlist-remove':
        return this.tellWatchlist(first, entries, signal);
    }
  }

  private async tellScrobble(entry: Named, signal: AbortSignal): Promise<void> {
    const { client, calls, now } = this.options;
    const { userId, action, progress, at } = entry;
    if (action === null) return;
    if (now() - at.getTime() > limits.liveMs) {
      // Nobody is watching that any more; that it was watched is told with its own time.
      if (action !== 'stop') return;
      const tried = entry.attempts > 0 || entry.state === 'sending';
      if (tried && (await this.findRemote(entry, limits.scrobbledWithinMs, signal))) return;
      return this.tellAdditions([entry], signal);
    }
    await this.mark([entry]);
    const body = scrobbleBody(progress ?? 0, entry, entry.ids);
    const remoteId = await calls.once(userId, (token) => client.scrobble(token, action, body, signal));
    if (remoteId !== null) await this.link(entry, remoteId);
  }

  private async tellAdditions(entries: readonly Named[], signal: AbortSignal): Promise<void> {
    const { client, calls } = this.options;
    const [first] = entries;
    if (!first) return;
    // Written down before it is sent: after a crash in between nobody would know.
    await this.mark(entries);
    await calls.once(first.userId, (token) => client.addHistory(token, historyBody(entries), signal));
  }

  private async tellWatchlist(
    { userId, task }: Named,
    entries: readonly Named[],
    signal: AbortSignal,
  ): Promise<void> {
    const { client, calls, accounts } = this.options;
    const change = task === 'watchlist-add' ? 'add' : 'remove';
    const body = titlesBody(entries.map(({ ids }) => ids));
    await calls.once(userId, (token) => client.changeWatchlist(token, change, body, signal));
    // It was on both watchlists and is on neither: when it comes back there, that is new.
    if (change === 'remove')
      await accounts.forgetWatchlist(
        userId,
        entries.map(({ mediaId }) => mediaId),
      );
  }

  private async tellRemoval(entry: Named, signal: AbortSignal): Promise<void> {
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
  private async findRemote(entry: Named, withinMs: number, signal: AbortSignal): Promise<string | null> {
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
  private async link(entry: Named, remoteId: string): Promise<void> {
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

  private async mark(entries: readonly Named[]): Promise<void> {
    const attempts = Math.max(...entries.map((entry) => entry.attempts)) + 1;
    await this.options.outbox.change(
      entries.map(({ id }) => id),
      { state: 'sending', attempts },
    );
  }

  /** It stays to be seen, for a while. */
  private giveUp(ids: readonly string[], reason: string): Promise<void> {
    const dueAt = new Date(this.options.now());
    return this.options.outbox.change(ids, { state: 'given-up', reason, dueAt });
  }

  private async failed(entries: readonly Named[], error: TraktError): Promise<boolean> {
    const { outbox, now, logger } = this.options;
    const ids = entries.map(({ id }) => id);
    const [first] = entries;
    const reason = error.message;
    logger.debug({ userId: first?.userId, fault: error.fault, entries: ids.length }, 'trakt was not told');
    switch (error.fault) {
      case 'duplicate':
        // 409: Trakt has it.
        await outbox.delete(ids);
        return true;
      case 'not-found':
      case 'invalid':
      case 'vip-only':
        await this.giveUp(ids, reason);
        return true;
      case 'account-limit':
        await outbox.change(ids, { state: 'waiting', reason, dueAt: new Date(now() + limits.fullMs) });
        return true;
      case 'unavailable':
      case 'no-answer': {
        const wait = waitAfter(error, Math.min(8, (first?.attempts ?? 0) + 1)) ?? 0;
        // A play that may have arrived stays `sending`: it is looked up first. Everything else can be said again.
        const state = first?.task === 'history-add' || first?.action === 'stop' ? 'sending' : 'waiting';
        await outbox.change(ids, { state, reason, dueAt: new Date(now() + wait) });
        return false;
      }
      case 'unauthorized':
      case 'client-refused':
      case 'locked':
      case 'rate-limited':
        // It was refused before it was read: it has not arrived.
        await outbox.change(ids, { state: 'waiting', reason });
        return false;
    }
  }
}

const nameless: RemoteIds = { type: 'movie', traktId: null, tmdbId: null, imdbId: null };

/** Whether both are told in one request: plays that are sent for the first time, and changes of the watchlist. */
function goesWith(first: OutboxEntry, other: OutboxEntry): boolean {
  if (first === other) return true;
  if (isPlainAddition(first)) return isPlainAddition(other);
  return first.task.startsWith('watchlist-') && first.task === other.task;
}

function isPlainAddition({ task, state }: OutboxEntry): boolean {
  return task === 'history-add' && state === 'waiting';
}

function leading<T>(items: readonly T[], holds: (item: T) => boolean): T[] {
  const end = items.findIndex((item) => !holds(item));
  return end < 0 ? [...items] : items.slice(0, end);
}
