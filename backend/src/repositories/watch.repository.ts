import { type EntityManager, In, MoreThan, Not } from 'typeorm';
import { queryRows } from '../database/dialect.js';
import type { Store } from '../database/store.js';
import { User } from '../entities/user.entity.js';
import { WatchEvent } from '../entities/watch-event.entity.js';
import { WatchPlay } from '../entities/watch-play.entity.js';
import { WatchState } from '../entities/watch-state.entity.js';

export type NewWatchEvent = Omit<WatchEvent, 'user'>;
export type StoredState = Omit<WatchState, 'user'>;
export type StoredPlay = Omit<WatchPlay, 'user'>;

/** What a title's events come to. */
export interface FoldedTitle {
  state: StoredState;
  plays: StoredPlay[];
  /** Events that say nothing any more. */
  superseded: string[];
}

/** How a title's history changed by a merge. */
export interface TitleChange {
  userId: string;
  before: { state: StoredState | null; plays: StoredPlay[] };
  after: FoldedTitle;
  /** All of the title's events, and those of them that are new. */
  events: NewWatchEvent[];
  added: NewWatchEvent[];
}

/** Makes the state of one title from all its events, never none. */
export type FoldTitle = (events: readonly WatchEvent[]) => FoldedTitle;

/** Runs in the same write, after the merge: what must be kept together with it. */
export type AlsoWrite = (manager: EntityManager, changes: readonly TitleChange[]) => Promise<void>;

/** SQLite takes 32,766 parameters in a statement; a row of the log has 17. */
const rowsPerQuery = 500;

export class WatchRepository {
  constructor(private readonly store: Store) {}

  /**
   * Adds events and folds the titles they are about, in one write. Events that are known already change nothing; those
   * of an account that has gone are dropped.
   */
  merge(
    userId: string,
    events: readonly NewWatchEvent[],
    fold: FoldTitle,
    also?: AlsoWrite,
  ): Promise<TitleChange[]> {
    return this.mergeMany([{ userId, events }], fold, also);
  }

  /** The same for several users in one write. */
  mergeMany(
    batches: readonly { userId: string; events: readonly NewWatchEvent[] }[],
    fold: FoldTitle,
    also?: AlsoWrite,
  ): Promise<TitleChange[]> {
    return this.store.write(async (manager) => {
      const changes: TitleChange[] = [];
      for (const { userId, events } of batches)
        changes.push(...(await mergeWithin(manager, userId, events, fold)));
      await also?.(manager, changes);
      return changes;
    });
  }

  /** Seasons in which people watched an episode last, highest first; at most a few. */
  async listWatchedSeasons(mediaId: string): Promise<number[]> {
    const rows = await queryRows<{ season: number }>(
      this.store.reader,
      `SELECT DISTINCT MAX(season) AS season FROM watch_states WHERE "mediaId" = ? AND season IS NOT NULL
       GROUP BY "userId" ORDER BY season DESC LIMIT 5`,
      [mediaId],
    );
    return rows.map(({ season }) => season);
  }

  findState(userId: string, titleKey: string): Promise<WatchState | null> {
    return this.store.reader.findOneBy(WatchState, { userId, titleKey });
  }

  /** Of a film, or of every episode of a show. */
  listStates(userId: string, mediaId: string): Promise<WatchState[]> {
    return this.store.reader.findBy(WatchState, { userId, mediaId });
  }

  /** With something watched or begun, latest activity first; at most `limit`. */
  listActive(userId: string, limit: number): Promise<WatchState[]> {
    return this.store.reader
      .createQueryBuilder(WatchState, 'state')
      .where('state.userId = :userId', { userId })
      .andWhere('state.lastActivityAt IS NOT NULL')
      .orderBy('state.lastActivityAt', 'DESC')
      .limit(limit)
      .getMany();
  }

  /** Latest first. */
  async listPlays(
    userId: string,
    { page, pageSize }: { page: number; pageSize: number },
  ): Promise<{ items: WatchPlay[]; total: number }> {
    const [items, total] = await this.store.reader.findAndCount(WatchPlay, {
      where: { userId },
      order: { watchedAt: 'DESC', id: 'DESC' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    return { items, total };
  }

  findPlay(userId: string, id: string): Promise<WatchPlay | null> {
    return this.store.reader.findOneBy(WatchPlay, { userId, id });
  }

  /** The events of one act. */
  listChange(userId: string, changeId: string): Promise<WatchEvent[]> {
    return this.store.reader.findBy(WatchEvent, { userId, changeId });
  }

  /** Everything watched that Trakt did not tell of, oldest first; at most `limit` after `afterId`. */
  listOwnPlays(userId: string, afterId: string, limit: number): Promise<WatchPlay[]> {
    return this.store.reader.find(WatchPlay, {
      where: { userId, id: MoreThan(afterId), origin: Not('trakt') },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** All that is known of some titles. */
  listEvents(userId: string, titleKeys: readonly string[]): Promise<WatchEvent[]> {
    return eventsOf(this.store.reader, userId, titleKeys);
  }

  /** The latest event of each title. */
  async latestMoments(userId: string, titleKeys: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const keys of chunks(titleKeys)) {
      const rows = await this.store.reader
        .createQueryBuilder(WatchEvent, 'event')
        .select('event.titleKey', 'titleKey')
        .addSelect('MAX(event.at)', 'at')
        .where('event.userId = :userId', { userId })
        .andWhere('event.titleKey IN (:...keys)', { keys })
        .groupBy('event.titleKey')
        .getRawMany<{ titleKey: string; at: number | string }>();
      for (const { titleKey, at } of rows) found.set(titleKey, Number(at));
    }
    return found;
  }
}

/** The same inside a write that does more. */
export async function mergeWithin(
  manager: EntityManager,
  userId: string,
  events: readonly NewWatchEvent[],
  fold: FoldTitle,
): Promise<TitleChange[]> {
  if (events.length === 0 || !(await manager.existsBy(User, { id: userId }))) return [];
  const ids = new Set<string>();
  for (const some of chunks(events)) {
    const known = await manager.find(WatchEvent, {
      where: { userId, id: In(some.map(({ id }) => id)) },
      select: { id: true },
    });
    for (const { id } of known) ids.add(id);
  }
  const fresh = events.filter(({ id }) => !ids.has(id) && ids.add(id));
  if (fresh.length === 0) return [];
  for (const some of chunks(fresh)) await manager.insert(WatchEvent, some);

  const titleKeys = [...new Set(fresh.map(({ titleKey }) => titleKey))];
  const [stored, states, plays] = [
    groupByTitle(await eventsOf(manager, userId, titleKeys)),
    groupByTitle(await rowsOf(manager, WatchState, userId, titleKeys)),
    groupByTitle(await rowsOf(manager, WatchPlay, userId, titleKeys)),
  ];
  const added = groupByTitle(fresh);
  const changes = titleKeys.map(
    (titleKey): TitleChange => ({
      userId,
      before: { state: states.get(titleKey)?.[0] ?? null, plays: plays.get(titleKey) ?? [] },
      after: fold(stored.get(titleKey) ?? []),
      events: stored.get(titleKey) ?? [],
      added: added.get(titleKey) ?? [],
    }),
  );
  await keep(manager, userId, changes);
  return changes;
}

/** What everybody watched of a film is from now on of another one; their logs become one log. Inside a write that does more. */
export async function moveWatchesWithin(
  manager: EntityManager,
  { keptId, lostId }: { keptId: string; lostId: string },
  fold: FoldTitle,
): Promise<void> {
  const states = await manager.findBy(WatchState, { mediaId: lostId, titleKey: lostId });
  for (const { userId } of states) {
    const [before] = await rowsOf(manager, WatchState, userId, [keptId]);
    const plays = await rowsOf(manager, WatchPlay, userId, [keptId]);
    for (const entity of [WatchState, WatchPlay]) await manager.delete(entity, { userId, titleKey: lostId });
    const moved = { titleKey: keptId, mediaId: keptId };
    await manager.update(WatchEvent, { userId, titleKey: lostId }, moved);
    const events = await eventsOf(manager, userId, [keptId]);
    const change = {
      userId,
      before: { state: before ?? null, plays },
      after: fold(events),
      events,
      added: [],
    };
    await keep(manager, userId, [change]);
  }
}

async function keep(manager: EntityManager, userId: string, changes: readonly TitleChange[]): Promise<void> {
  for (const some of chunks(changes)) {
    await manager.upsert(
      WatchState,
      some.map(({ after }) => after.state),
      ['userId', 'titleKey'],
    );
  }
  for (const some of chunks(changes.flatMap(({ after }) => after.superseded)))
    await manager.delete(WatchEvent, { userId, id: In(some) });
  const goneIds = changes.flatMap(({ before, after }) => {
    const kept = new Set(after.plays.map(({ id }) => id));
    return before.plays.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  });
  for (const some of chunks(goneIds)) await manager.delete(WatchPlay, { userId, id: In(some) });
  for (const some of chunks(changes.flatMap(changedPlays)))
    await manager.upsert(WatchPlay, some, ['userId', 'id']);
}

/** A play never changes but by its moment. */
function changedPlays({ before, after }: TitleChange): StoredPlay[] {
  const known = new Map(before.plays.map(({ id, watchedAt }) => [id, watchedAt.getTime()]));
  return after.plays.filter(({ id, watchedAt }) => known.get(id) !== watchedAt.getTime());
}

async function eventsOf(
  manager: EntityManager,
  userId: string,
  titleKeys: readonly string[],
): Promise<WatchEvent[]> {
  return rowsOf(manager, WatchEvent, userId, titleKeys);
}

async function rowsOf<T extends WatchEvent | WatchState | WatchPlay>(
  manager: EntityManager,
  entity: new () => T,
  userId: string,
  titleKeys: readonly string[],
): Promise<T[]> {
  const rows: T[] = [];
  for (const keys of chunks(titleKeys)) {
    rows.push(
      ...(await manager
        .createQueryBuilder(entity, 'row')
        .where('row.userId = :userId', { userId })
        .andWhere('row.titleKey IN (:...keys)', { keys })
        .getMany()),
    );
  }
  return rows;
}

function groupByTitle<T extends { titleKey: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.titleKey);
    if (group) group.push(row);
    else groups.set(row.titleKey, [row]);
  }
  return groups;
}

function* chunks<T>(values: readonly T[]): Generator<T[]> {
  for (let start = 0; start < values.length; start += rowsPerQuery)
    yield values.slice(start, start + rowsPerQuery);
}
