import { In, LessThanOrEqual } from 'typeorm';
import type { Store } from '../database/store.js';
import { TitleRefresh } from '../entities/title-refresh.entity.js';
import { chunks } from './chunks.js';

export type WantedRefresh = Pick<TitleRefresh, 'mediaId' | 'type' | 'priority'>;

/** The queue of titles to ask for again. It outlives a restart. */
export class TitleRefreshRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** A title that waits already keeps its place, or moves forward. @returns how many are new */
  add(wanted: readonly WantedRefresh[]): Promise<number> {
    return this.store.write(async (manager) => {
      let added = 0;
      for (const some of chunks(wanted)) {
        const ids = some.map(({ mediaId }) => mediaId);
        const known = new Map(
          (await manager.findBy(TitleRefresh, { mediaId: In(ids) })).map((row) => [row.mediaId, row]),
        );
        for (const row of some) {
          const waiting = known.get(row.mediaId);
          if (waiting && waiting.priority <= row.priority) continue;
          const fresh = { ...row, dueAt: this.now(), attempts: 0 };
          if (waiting) {
            await manager.update(TitleRefresh, { mediaId: row.mediaId }, { priority: row.priority });
          } else {
            added += 1;
            await manager.insert(TitleRefresh, fresh);
            known.set(row.mediaId, Object.assign(new TitleRefresh(), fresh));
          }
        }
      }
      return added;
    });
  }

  /** Those whose time has come, most urgent first. */
  listDue(limit: number): Promise<TitleRefresh[]> {
    return this.store.reader.find(TitleRefresh, {
      where: { dueAt: LessThanOrEqual(this.now()) },
      order: { priority: 'ASC', dueAt: 'ASC', mediaId: 'ASC' },
      take: limit,
    });
  }

  count(): Promise<number> {
    return this.store.reader.count(TitleRefresh);
  }

  async done(mediaId: string): Promise<void> {
    await this.store.write((manager) => manager.delete(TitleRefresh, { mediaId }));
  }

  /** Later, then. */
  async postpone(mediaId: string, dueAt: Date): Promise<void> {
    await this.store.write((manager) =>
      manager
        .createQueryBuilder()
        .update(TitleRefresh)
        .set({ dueAt, attempts: () => 'attempts + 1' })
        .where({ mediaId })
        .execute(),
    );
  }
}
