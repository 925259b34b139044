import type { Logger } from '../../logging/logger.js';
import type {
  OutboxEntry,
  TraktOutboxRepository,
  TraktRepository,
} from '../../repositories/trakt.repository.js';
import type { HeldLease } from '../leases/lease-keeper.js';
import type { RemoteNames } from './remote-names.js';
import { TraktError } from './trakt.errors.js';
import { hasRemoteId, isUnknown, type RemoteIds } from './trakt.mapper.js';
import { waitAfter } from './trakt-calls.js';
import type { NamedEntry, TraktTeller } from './trakt-teller.js';

export interface TraktOutboxOptions {
  accounts: TraktRepository;
  outbox: TraktOutboxRepository;
  names: RemoteNames;
  teller: TraktTeller;
  logger: Logger;
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Trakt takes one write a second from a user. Milliseconds. */
  betweenWritesMs?: number;
  /** Called when Trakt as a whole may be away. */
  onOutage: () => void;
}

const limits = {
  /** Things of a kind told in one request. */
  batch: 50,
  /** After the limit of the account was reached. Milliseconds. */
  fullMs: 6 * 60 * 60_000,
} as const;

/**
 * Tells Trakt what waits, in order, one user's entries one after another. An entry leaves only when Trakt has it.
 */
export class TraktOutbox {
  constructor(private readonly options: TraktOutboxOptions) {}

  /**
   * Until nothing is due, or Trakt is to be left alone.
   * @param confirm makes sure that no other server tells the same. Error: `LeaseLostError`
   */
  async drain(userId: string, signal: AbortSignal, confirm: HeldLease['confirm']): Promise<void> {
    const { outbox, accounts, now, sleep, betweenWritesMs = 1_000 } = this.options;
    for (;;) {
      signal.throwIfAborted();
      const account = await accounts.findAccount(userId);
      if (!account || account.status === 'reconnect') return;
      if (account.pausedUntil !== null && account.pausedUntil.getTime() > now()) return;
      await confirm();
      const due = await outbox.listDue(userId, new Date(now()), limits.batch);
      const [first] = due;
      if (!first) return;
      const together = leading(due, (entry) => goesWith(first, entry));
      if (!(await this.send(together, signal))) return;
      await sleep(betweenWritesMs, signal);
    }
  }

  /** When there is something to send again, milliseconds since 1970. Null when nothing waits, or only the user can help. */
  async findNextMoment(userId: string): Promise<number | null> {
    const account = await this.options.accounts.findAccount(userId);
    if (!account || account.status === 'reconnect') return null;
    const dueAt = await this.options.outbox.findNextDue(userId);
    return dueAt && Math.max(dueAt.getTime(), account.pausedUntil?.getTime() ?? 0);
  }

  /** False when Trakt is to be left alone. */
  private async send(entries: readonly OutboxEntry[], signal: AbortSignal): Promise<boolean> {
    const { outbox } = this.options;
    const names = await this.options.names.namesOf(entries.map(({ mediaId }) => mediaId));
    const named = entries.map((entry): NamedEntry => {
      const ids = names.get(entry.mediaId) ?? nameless;
      return Object.assign({}, entry, { ids });
    });
    const unnamed = named.filter(({ ids }) => !hasRemoteId(ids)).map(({ id }) => id);
    if (unnamed.length > 0) await this.giveUp(unnamed, 'Trakt has no name for this title.');
    const wholeSeries = named.filter((entry) => hasRemoteId(entry.ids) && isPlayOfSeries(entry));
    if (wholeSeries.length > 0)
      await this.giveUp(
        wholeSeries.map(({ id }) => id),
        'It does not say which episode was watched.',
      );
    const rest = named.filter((entry) => hasRemoteId(entry.ids) && !isPlayOfSeries(entry));
    const [first] = rest;
    if (!first) return true;
    const ids = rest.map(({ id }) => id);
    try {
      const unknown = await this.options.teller.tell(rest, signal);
      const refused = rest.filter((entry) => isUnknown(entry.ids, unknown)).map(({ id }) => id);
      if (refused.length > 0) await this.giveUp(refused, new TraktError('not-found').message);
      await outbox.delete(ids.filter((id) => !refused.includes(id)));
      return true;
    } catch (error) {
      if (!(error instanceof TraktError)) throw error;
      return this.failed(rest, error);
    }
  }

  /** It stays to be seen, for a while. */
  private giveUp(ids: readonly string[], reason: string): Promise<void> {
    const dueAt = new Date(this.options.now());
    return this.options.outbox.change(ids, { state: 'given-up', reason, dueAt });
  }

  private async failed(entries: readonly NamedEntry[], error: TraktError): Promise<boolean> {
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
        this.options.onOutage();
        return false;
      }
      case 'unauthorized':
      case 'client-refused':
      case 'locked':
      case 'rate-limited':
        // It was refused before it was read: it has not arrived. What may have arrived earlier is still looked up first.
        await outbox.change(ids, first?.state === 'sending' ? { reason } : { state: 'waiting', reason });
        return false;
    }
  }
}

/** True for a play of a series without its episode, which Trakt would take for a film with the same number. */
function isPlayOfSeries({ ids, task, season, episode }: NamedEntry): boolean {
  return ids.type === 'show' && (season === null || episode === null) && /^(history-|scrobble)/.test(task);
}

const nameless: RemoteIds = { type: 'movie', traktId: null, tmdbId: null, imdbId: null };

/** Whether both are told in one request: plays that are sent for the first time, changes of the watchlist, ratings. */
function goesWith(first: OutboxEntry, other: OutboxEntry): boolean {
  if (first === other) return true;
  if (isPlainAddition(first)) return isPlainAddition(other);
  return /^(watchlist|rating)-/.test(first.task) && first.task === other.task;
}

function isPlainAddition({ task, state }: OutboxEntry): boolean {
  return task === 'history-add' && state === 'waiting';
}

function leading<T>(items: readonly T[], holds: (item: T) => boolean): T[] {
  const end = items.findIndex((item) => !holds(item));
  return end < 0 ? [...items] : items.slice(0, end);
}
