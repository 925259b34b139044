import { type EntityManager, In, LessThan, MoreThan } from 'typeorm';
import type { Store } from '../database/store.js';
import { TraktAccount, type TraktDecision } from '../entities/trakt-account.entity.js';
import { TraktOutboxEntry, type TraktTask } from '../entities/trakt-outbox-entry.entity.js';
import { TraktPlay } from '../entities/trakt-play.entity.js';
import { TraktTitle } from '../entities/trakt-title.entity.js';
import { TraktWatchlistItem } from '../entities/trakt-watchlist-item.entity.js';
import { User } from '../entities/user.entity.js';
import { forgetSeenWithin } from './rating.repository.js';

export type StoredTraktAccount = Omit<TraktAccount, 'user'>;
export type OutboxEntry = Omit<TraktOutboxEntry, 'user'>;
export type RemotePlay = Omit<TraktPlay, 'user'>;
export type RemoteTitle = Pick<TraktTitle, 'type' | 'traktId' | 'mediaId'>;

/** SQLite takes 32,766 parameters in a statement. */
const rowsPerQuery = 500;
/** Of one account. */
const decisionsKept = 30;

/** Links to Trakt and what was read there. Methods that end in `Within` are for a write that does more. */
export class TraktRepository {
  constructor(private readonly store: Store) {}

  findAccount(userId: string): Promise<TraktAccount | null> {
    return this.store.reader.findOneBy(TraktAccount, { userId });
  }

  listAccounts(): Promise<TraktAccount[]> {
    return this.store.reader.find(TraktAccount, { order: { userId: 'ASC' }, take: 1_000 });
  }

  /** Replaces a link there was. False when the user has gone. */
  saveAccount(account: StoredTraktAccount): Promise<boolean> {
    return this.store.write(async (manager) => {
      if (!(await manager.existsBy(User, { id: account.userId }))) return false;
      await manager.upsert(TraktAccount, account, ['userId']);
      return true;
    });
  }

  /** Ends the pause of every account whose trouble is one of these. */
  async resumeAccounts(troubles: readonly string[]): Promise<void> {
    await this.store.write((manager) =>
      manager.update(TraktAccount, { trouble: In([...troubles]) }, { pausedUntil: null }),
    );
  }

  async changeAccount(userId: string, changes: Partial<StoredTraktAccount>): Promise<void> {
    await this.store.write((manager) => this.changeAccountWithin(manager, userId, changes));
  }

  async changeAccountWithin(
    manager: EntityManager,
    userId: string,
    changes: Partial<StoredTraktAccount>,
  ): Promise<void> {
    await manager.update(TraktAccount, { userId }, changes);
  }

  findAccountWithin(manager: EntityManager, userId: string): Promise<TraktAccount | null> {
    return manager.findOneBy(TraktAccount, { userId });
  }

  /** Remembers, among the latest few, how it was decided where Trakt and we differed. */
  async noteDecisions(userId: string, decisions: readonly TraktDecision[]): Promise<void> {
    if (decisions.length === 0) return;
    await this.store.write(async (manager) => {
      const account = await this.findAccountWithin(manager, userId);
      const kept = [...decisions, ...(account?.decisions ?? [])]
        .toSorted((a, b) => b.at - a.at)
        .slice(0, decisionsKept);
      await this.changeAccountWithin(manager, userId, { decisions: kept });
    });
  }

  /** The link, what was read and what waits. What was watched and rated stays. */
  async deleteAccount(userId: string): Promise<void> {
    await this.store.write(async (manager) => {
      await this.forgetRemoteWithin(manager, userId);
      await manager.delete(TraktAccount, { userId });
    });
  }

  /** What was read of one account at Trakt, and what it was to be told: with another none of it is true. */
  async forgetRemote(userId: string): Promise<void> {
    await this.store.write((manager) => this.forgetRemoteWithin(manager, userId));
  }

  private async forgetRemoteWithin(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(TraktOutboxEntry, { userId });
    await manager.delete(TraktPlay, { userId });
    await manager.delete(TraktWatchlistItem, { userId });
    await forgetSeenWithin(manager, userId);
  }

  async keepPlaysWithin(manager: EntityManager, plays: readonly RemotePlay[]): Promise<void> {
    for (const some of chunks(plays)) await manager.upsert(TraktPlay, some, ['userId', 'remoteId']);
  }

  async deletePlaysWithin(
    manager: EntityManager,
    userId: string,
    remoteIds: readonly string[],
  ): Promise<void> {
    for (const some of chunks(remoteIds)) await manager.delete(TraktPlay, { userId, remoteId: In(some) });
  }

  countPlays(userId: string): Promise<number> {
    return this.store.reader.countBy(TraktPlay, { userId });
  }

  /** Lines that a whole reading, begun at `since`, did not find any more; at most `limit`. */
  listUnseen(userId: string, since: Date, limit: number): Promise<TraktPlay[]> {
    return this.store.reader.find(TraktPlay, {
      where: { userId, seenAt: LessThan(since) },
      order: { remoteId: 'ASC' },
      take: limit,
    });
  }

  /** What was on the watchlist at both ends. */
  async listWatchlist(userId: string): Promise<string[]> {
    const rows = await this.store.reader.find(TraktWatchlistItem, { where: { userId }, take: 20_000 });
    return rows.map(({ mediaId }) => mediaId);
  }

  async replaceWatchlist(userId: string, mediaIds: readonly string[]): Promise<void> {
    await this.store.write(async (manager) => {
      await manager.delete(TraktWatchlistItem, { userId });
      for (const some of chunks(mediaIds))
        await manager.insert(
          TraktWatchlistItem,
          some.map((mediaId) => ({ userId, mediaId })),
        );
    });
  }

  async forgetWatchlist(userId: string, mediaIds: readonly string[]): Promise<void> {
    await this.store.write(async (manager) => {
      for (const some of chunks(mediaIds))
        await manager.delete(TraktWatchlistItem, { userId, mediaId: In(some) });
    });
  }

  /** Which of these lines of Trakt's history are known to be there. */
  async findPlays(userId: string, remoteIds: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (const some of chunks(remoteIds)) {
      for (const { remoteId } of await this.store.reader.findBy(TraktPlay, { userId, remoteId: In(some) }))
        found.add(remoteId);
    }
    return found;
  }

  async keepTitles(titles: readonly RemoteTitle[]): Promise<void> {
    await this.store.write((manager) => this.keepTitlesWithin(manager, titles));
  }

  async keepTitlesWithin(manager: EntityManager, titles: readonly RemoteTitle[]): Promise<void> {
    for (const some of chunks(titles)) await manager.upsert(TraktTitle, some, ['type', 'traktId']);
  }

  async findTitles(type: 'movie' | 'show', traktIds: readonly number[]): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    for (const some of chunks(traktIds)) {
      for (const { traktId, mediaId } of await this.store.reader.findBy(TraktTitle, {
        type,
        traktId: In(some),
      }))
        found.set(traktId, mediaId);
    }
    return found;
  }

  async findTraktIds(mediaIds: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const some of chunks(mediaIds)) {
      for (const { traktId, mediaId } of await this.store.reader.findBy(TraktTitle, { mediaId: In(some) }))
        found.set(mediaId, traktId);
    }
    return found;
  }
}

/** What Trakt has to be told. */
export class TraktOutboxRepository {
  constructor(private readonly store: Store) {}

  async addWithin(manager: EntityManager, entries: readonly OutboxEntry[]): Promise<void> {
    for (const some of chunks(entries)) await manager.insert(TraktOutboxEntry, some);
  }

  async add(entries: readonly OutboxEntry[]): Promise<void> {
    await this.store.write((manager) => this.addWithin(manager, entries));
  }

  /** Takes back what Trakt has not been told yet; answers how many there were. */
  async cancelWithin(
    manager: EntityManager,
    userId: string,
    what: { task: TraktTask; reference: string } | { task: 'scrobble'; actions: ('start' | 'pause')[] },
  ): Promise<number> {
    const { affected } = await manager.delete(TraktOutboxEntry, {
      userId,
      task: what.task,
      state: 'waiting',
      ...('reference' in what ? { reference: what.reference } : { action: In(what.actions) }),
    });
    return affected ?? 0;
  }

  /** Due, in the order of what happened. */
  listDue(userId: string, now: Date, limit: number): Promise<TraktOutboxEntry[]> {
    return this.store.reader
      .createQueryBuilder(TraktOutboxEntry, 'entry')
      .where('entry.userId = :userId', { userId })
      .andWhere('entry.state IN (:...states)', { states: ['waiting', 'sending'] })
      .andWhere('entry.dueAt <= :now', { now: now.getTime() })
      .orderBy('entry.id', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** When the earliest entry that is not given up may be sent. Null when there is none. */
  async findNextDue(userId: string): Promise<Date | null> {
    const entry = await this.store.reader.findOne(TraktOutboxEntry, {
      select: { id: true, dueAt: true },
      where: { userId, state: In(['waiting', 'sending']) },
      order: { dueAt: 'ASC' },
    });
    return entry?.dueAt ?? null;
  }

  /** Makes everything due that an outage has postponed, for all users. */
  async wakeAfterOutage(now: Date, reasons: readonly string[]): Promise<void> {
    await this.store.write((manager) =>
      manager.update(
        TraktOutboxEntry,
        { state: In(['waiting', 'sending']), reason: In([...reasons]), dueAt: MoreThan(now) },
        { dueAt: now },
      ),
    );
  }

  /** Who has something due. */
  async listUsersDue(now: Date): Promise<string[]> {
    const rows = await this.store.reader
      .createQueryBuilder(TraktOutboxEntry, 'entry')
      .select('DISTINCT entry.userId', 'userId')
      .where('entry.state IN (:...states)', { states: ['waiting', 'sending'] })
      .andWhere('entry.dueAt <= :now', { now: now.getTime() })
      .limit(1_000)
      .getRawMany<{ userId: string }>();
    return rows.map(({ userId }) => userId);
  }

  async list(userId: string, limit: number): Promise<{ items: TraktOutboxEntry[]; total: number }> {
    const [items, total] = await this.store.reader.findAndCount(TraktOutboxEntry, {
      where: { userId },
      order: { id: 'ASC' },
      take: limit,
    });
    return { items, total };
  }

  /** What of these kinds waits to be told, or was given up. */
  async listTasks(
    userId: string,
    tasks: readonly TraktTask[],
  ): Promise<Pick<OutboxEntry, 'task' | 'mediaId' | 'titleKey'>[]> {
    return this.store.reader.find(TraktOutboxEntry, {
      select: { id: true, task: true, mediaId: true, titleKey: true },
      where: { userId, task: In([...tasks]) },
      take: 10_000,
    });
  }

  /** False when there is no such entry, or it has not been given up. */
  async dismiss(userId: string, id: string): Promise<boolean> {
    const { affected } = await this.store.write((manager) =>
      manager.delete(TraktOutboxEntry, { userId, id, state: 'given-up' }),
    );
    return (affected ?? 0) > 0;
  }

  /** Deletes what was given up before. */
  async prune(before: Date): Promise<void> {
    await this.store.write((manager) =>
      manager.delete(TraktOutboxEntry, { state: 'given-up', dueAt: LessThan(before) }),
    );
  }

  async change(ids: readonly string[], changes: Partial<OutboxEntry>): Promise<void> {
    await this.store.write(async (manager) => {
      for (const some of chunks(ids)) await manager.update(TraktOutboxEntry, { id: In(some) }, changes);
    });
  }

  async delete(ids: readonly string[]): Promise<void> {
    await this.store.write(async (manager) => {
      for (const some of chunks(ids)) await manager.delete(TraktOutboxEntry, { id: In(some) });
    });
  }

  /** Everything waits no longer: the user linked again, or the trouble is over. What may have arrived stays marked so. */
  async wake(userId: string, now: Date): Promise<void> {
    await this.store.write(async (manager) => {
      await manager.update(TraktOutboxEntry, { userId, state: 'waiting' }, { dueAt: now, reason: null });
      await manager.update(TraktOutboxEntry, { userId, state: 'sending' }, { dueAt: now });
    });
  }
}

function* chunks<T>(values: readonly T[]): Generator<T[]> {
  for (let start = 0; start < values.length; start += rowsPerQuery)
    yield values.slice(start, start + rowsPerQuery);
}
