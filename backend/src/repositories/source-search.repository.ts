import { IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import type { Store } from '../database/store.js';
import { SourceSearch } from '../entities/source-search.entity.js';

export class SourceSearchRepository {
  constructor(private readonly store: Store) {}

  find(titleId: string): Promise<SourceSearch | null> {
    return this.store.reader.findOneBy(SourceSearch, { titleId });
  }

  /** The longest due first, of titles that somebody has looked at since `viewedSince`. */
  async listDue({
    now,
    viewedSince,
    limit,
  }: {
    now: Date;
    viewedSince: Date;
    limit: number;
  }): Promise<SourceSearch[]> {
    return this.store.reader.find(SourceSearch, {
      where: { dueAt: LessThanOrEqual(now), viewedAt: MoreThan(viewedSince) },
      order: { dueAt: 'ASC' },
      take: limit,
    });
  }

  async save(search: SourceSearch): Promise<void> {
    await this.store.write((manager) => manager.upsert(SourceSearch, search, ['titleId']));
  }

  /** Removes what nobody has looked at since. */
  async forgetUnviewedSince(moment: Date): Promise<void> {
    await this.store.write(async (manager) => {
      await manager.delete(SourceSearch, { viewedAt: LessThanOrEqual(moment) });
      await manager.delete(SourceSearch, { viewedAt: IsNull(), searchedAt: LessThanOrEqual(moment) });
    });
  }
}
