import type { EntityManager } from 'typeorm';
import { queryRows } from '../database/dialect.js';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { MediaList } from '../entities/media-list.entity.js';
import { MediaListItem } from '../entities/media-list-item.entity.js';

export type NewList = Pick<MediaList, 'ownerId' | 'kind' | 'key' | 'name'> &
  Partial<Pick<MediaList, 'description' | 'isShared' | 'externalId'>>;

/** Written together with a title that is put on a list or taken off it. */
export type AlsoWriteList = (
  manager: EntityManager,
  change: { listId: string; mediaId: string; isOn: boolean },
) => Promise<void>;

/** Room between two neighbours, so that a title put between them moves nobody else. */
const gap = 1_024;

/** Lists and what is on them. */
export class MediaListRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  findById(id: string): Promise<MediaList | null> {
    return this.store.reader.findOneBy(MediaList, { id });
  }

  findByKey(key: string): Promise<MediaList | null> {
    return this.store.reader.findOneBy(MediaList, { key });
  }

  /** Somebody's own in the order they were made, then what others share. */
  async listVisible(userId: string): Promise<MediaList[]> {
    const order = { createdAt: 'ASC' } as const;
    const own = await this.store.reader.find(MediaList, { where: { ownerId: userId }, order, take: 500 });
    const shared = await this.store.reader.find(MediaList, {
      where: { isShared: true },
      relations: { owner: true },
      order,
      take: 500,
    });
    return [...own, ...shared.filter(({ ownerId }) => ownerId !== userId)];
  }

  /** Names of the lists of `listVisible`, in its order. Costs a tenth of it. */
  async listVisibleNames(userId: string): Promise<Pick<MediaList, 'id' | 'name'>[]> {
    const namesWhere = (condition: string) =>
      queryRows<Pick<MediaList, 'id' | 'name'>>(
        this.store.reader,
        `SELECT "id", "name" FROM lists WHERE ${condition} ORDER BY "createdAt" LIMIT 500`,
        [userId],
      );
    return [
      ...(await namesWhere('"ownerId" = ?')),
      ...(await namesWhere(`"isShared" = TRUE AND "ownerId" <> ?`)),
    ];
  }

  countOwned(ownerId: string): Promise<number> {
    return this.store.reader.countBy(MediaList, { ownerId });
  }

  /** All that are kept in step with a list elsewhere. */
  listByKind(kind: MediaList['kind']): Promise<MediaList[]> {
    return this.store.reader.find(MediaList, { where: { kind }, take: 1_000 });
  }

  /** Of one owner. */
  listOwnedByKind(ownerId: string, kind: MediaList['kind']): Promise<MediaList[]> {
    return this.store.reader.find(MediaList, { where: { ownerId, kind }, take: 500 });
  }

  /** Where a key is given and known, that list. */
  create(list: NewList): Promise<MediaList> {
    return this.store.write(async (manager) => {
      const known = list.key === null ? null : await manager.findOneBy(MediaList, { key: list.key });
      if (known) return known;
      const now = this.now();
      const made = Object.assign(new MediaList(), {
        id: newId(now.getTime()),
        description: '',
        isShared: false,
        externalId: null,
        syncedAt: null,
        syncMessage: null,
        createdAt: now,
        updatedAt: now,
        ...list,
      });
      return manager.save(MediaList, made);
    });
  }

  save(list: MediaList): Promise<MediaList> {
    list.updatedAt = this.now();
    return this.store.write((manager) => manager.save(MediaList, list));
  }

  async delete(id: string): Promise<void> {
    await this.store.write((manager) => manager.delete(MediaList, { id }));
  }

  /** In their order. */
  listItems(listId: string, { skip, take }: { skip: number; take: number }): Promise<MediaListItem[]> {
    return this.store.reader.find(MediaListItem, {
      where: { listId },
      order: { position: 'ASC', mediaId: 'ASC' },
      skip,
      take,
    });
  }

  countItems(listId: string): Promise<number> {
    return this.store.reader.countBy(MediaListItem, { listId });
  }

  findItem(listId: string, mediaId: string): Promise<MediaListItem | null> {
    return this.store.reader.findOneBy(MediaListItem, { listId, mediaId });
  }

  /** Which of somebody's lists hold the title. */
  async listsHolding(ownerId: string, mediaId: string): Promise<string[]> {
    const rows = await queryRows<{ listId: string }>(
      this.store.reader,
      `SELECT i."listId" FROM list_items i JOIN lists l ON l.id = i."listId" WHERE i."mediaId" = ? AND l."ownerId" = ?`,
      [mediaId, ownerId],
    );
    return rows.map(({ listId }) => listId);
  }

  /**
   * Films on anybody's list whose sources were never looked for or are due, those never looked for first, then those
   * longest due.
   */
  async listMoviesToSearch(now: Date, limit: number): Promise<string[]> {
    const rows = await queryRows<{ id: string }>(
      this.store.reader,
      `SELECT i."mediaId" AS id FROM (SELECT DISTINCT "mediaId" FROM list_items) i
       LEFT JOIN source_searches s ON s."titleId" = i."mediaId"
       WHERE (s."titleId" IS NULL OR s."dueAt" <= ?) AND EXISTS (SELECT 1 FROM movies m WHERE m.id = i."mediaId")
       ORDER BY s."dueAt" IS NOT NULL, s."dueAt", i."mediaId" LIMIT ?`,
      [now.getTime(), limit],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Of series on anybody's list the first episode and the latest that was broadcast, as far as their sources were never looked
   * for or are due, in the order of `listMoviesToSearch`.
   */
  async listEpisodesToSearch(now: Date, limit: number): Promise<string[]> {
    const today = now.toISOString().slice(0, 10);
    const rows = await queryRows<{ id: string }>(
      this.store.reader,
      `SELECT e."id" AS id FROM (SELECT DISTINCT "mediaId" FROM list_items) i
       JOIN episodes e ON e."showId" = i."mediaId"
       LEFT JOIN source_searches s ON s."titleId" = e."id"
       WHERE (s."titleId" IS NULL OR s."dueAt" <= ?) AND e."airDate" <= ? AND e."seasonNumber" > 0
       AND ((e."seasonNumber" = 1 AND e."number" = 1) OR NOT EXISTS (
         SELECT 1 FROM episodes l WHERE l."showId" = e."showId" AND l."seasonNumber" > 0 AND l."airDate" <= ?
         AND (l."seasonNumber" > e."seasonNumber" OR (l."seasonNumber" = e."seasonNumber" AND l."number" > e."number"))))
       ORDER BY s."dueAt" IS NOT NULL, s."dueAt", e."id" LIMIT ?`,
      [now.getTime(), today, today, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Whether the film, or the series of the episode, is on anybody's list. */
  async isOnAnyList(titleId: string): Promise<boolean> {
    const rows = await queryRows<{ id: string }>(
      this.store.reader,
      `SELECT i."mediaId" AS id FROM list_items i
       WHERE i."mediaId" = ? OR i."mediaId" = (SELECT e."showId" FROM episodes e WHERE e."id" = ?) LIMIT 1`,
      [titleId, titleId],
    );
    return rows.length > 0;
  }

  /**
   * Puts a title on the list, at the end unless `index` (from 0) says where, or changes its note and place. True when it
   * was not on it before.
   */
  putItem(
    listId: string,
    mediaId: string,
    { note, index }: { note?: string | undefined; index?: number | undefined },
    also?: AlsoWriteList,
  ): Promise<boolean> {
    return this.store.write(async (manager) => {
      const known = await manager.findOneBy(MediaListItem, { listId, mediaId });
      const item =
        known ??
        Object.assign(new MediaListItem(), { listId, mediaId, position: 0, note: '', addedAt: this.now() });
      if (note !== undefined) item.note = note;
      if (index !== undefined || !known) {
        const order = { position: 'ASC', mediaId: 'ASC' } as const;
        const all = await manager.find(MediaListItem, { where: { listId }, order });
        const others = all.filter((other) => other.mediaId !== mediaId);
        const at = Math.min(index ?? others.length, others.length);
        const before = others[at - 1]?.position ?? (others[at]?.position ?? 2 * gap) - 2 * gap;
        const after = others[at]?.position ?? before + 2 * gap;
        item.position = Math.floor((before + after) / 2);
        if (item.position <= before || item.position >= after) {
          others.splice(at, 0, item);
          for (const [place, other] of others.entries()) other.position = (place + 1) * gap;
          await manager.save(MediaListItem, others, { chunk: 200 });
        }
      }
      await manager.save(MediaListItem, item);
      if (!known) await also?.(manager, { listId, mediaId, isOn: true });
      await manager.update(MediaList, { id: listId }, { updatedAt: this.now() });
      return known === null;
    });
  }

  /** True when it was on the list. */
  removeItem(listId: string, mediaId: string, also?: AlsoWriteList): Promise<boolean> {
    return this.store.write(async (manager) => {
      const removed = await manager.delete(MediaListItem, { listId, mediaId });
      const wasOn = (removed.affected ?? 0) > 0;
      if (wasOn) await also?.(manager, { listId, mediaId, isOn: false });
      await manager.update(MediaList, { id: listId }, { updatedAt: this.now() });
      return wasOn;
    });
  }

  /** Puts titles at the end, as far as they are new and the list does not grow beyond `most`. */
  async appendItems(listId: string, mediaIds: readonly string[], most: number): Promise<void> {
    if (mediaIds.length === 0) return;
    await this.store.write(async (manager) => {
      const known = await manager.findBy(MediaListItem, { listId });
      const there = new Set(known.map(({ mediaId }) => mediaId));
      const news = [...new Set(mediaIds)].filter((mediaId) => !there.has(mediaId));
      const last = Math.max(0, ...known.map(({ position }) => position));
      const rows = news.slice(0, Math.max(0, most - known.length)).map((mediaId, at) =>
        Object.assign(new MediaListItem(), {
          ...{ listId, mediaId, position: last + (at + 1) * gap, note: '', addedAt: this.now() },
        }),
      );
      await manager.save(MediaListItem, rows, { chunk: 200 });
      await manager.update(MediaList, { id: listId }, { updatedAt: this.now() });
    });
  }

  /** Makes the list hold exactly these, in this order; notes of those that stay are kept. */
  replaceItems(listId: string, mediaIds: readonly string[]): Promise<void> {
    return this.store.write(async (manager) => {
      const known = new Map(
        (await manager.findBy(MediaListItem, { listId })).map((item) => [item.mediaId, item]),
      );
      const ids = [...new Set(mediaIds)];
      const rows = ids.map((mediaId, index) =>
        Object.assign(
          known.get(mediaId) ??
            Object.assign(new MediaListItem(), { listId, mediaId, note: '', addedAt: this.now() }),
          { position: (index + 1) * gap },
        ),
      );
      const wanted = new Set(ids);
      for (const mediaId of known.keys()) {
        if (!wanted.has(mediaId)) await manager.delete(MediaListItem, { listId, mediaId });
      }
      await manager.save(MediaListItem, rows, { chunk: 200 });
    });
  }
}
