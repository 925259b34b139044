import { type EntityManager, LessThanOrEqual } from 'typeorm';
import type { Store } from '../database/store.js';
import { Setting } from '../entities/setting.entity.js';
import { type SettingChange, SettingRevision } from '../entities/setting-revision.entity.js';

export type NewRevision = Omit<SettingRevision, 'number'>;

/** Older ones are forgotten. */
const revisionsKept = 1_000;

export class SettingRepository {
  constructor(private readonly store: Store) {}

  /** All that administrators have changed. */
  list(): Promise<Setting[]> {
    return this.store.reader.find(Setting, { order: { name: 'ASC' } });
  }

  /**
   * Stores the changes and their revision, all or nothing; of those that are `elsewhere` only the revision tells. Answers
   * the revision's number.
   */
  change(revision: NewRevision, elsewhere: ReadonlySet<string> = new Set()): Promise<number> {
    return this.store.write(async (manager) => {
      for (const change of revision.changes)
        if (!elsewhere.has(change.name)) await store(manager, change, revision.at);
      const latest = await latestRevision(manager);
      const number = (latest?.number ?? 0) + 1;
      await manager.insert(SettingRevision, { ...revision, number });
      await manager.delete(SettingRevision, { number: LessThanOrEqual(number - revisionsKept) });
      return number;
    });
  }

  findRevision(number: number): Promise<SettingRevision | null> {
    return this.store.reader.findOneBy(SettingRevision, { number });
  }

  /** Latest first; `page` counts from 1. */
  async listRevisions({
    page,
    pageSize,
  }: {
    page: number;
    pageSize: number;
  }): Promise<{ items: SettingRevision[]; total: number }> {
    const [items, total] = await this.store.reader.findAndCount(SettingRevision, {
      order: { number: 'DESC' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    return { items, total };
  }
}

async function store(
  manager: EntityManager,
  { name, after, sealed }: SettingChange,
  at: Date,
): Promise<void> {
  if (after === null) await manager.delete(Setting, { name });
  else await manager.upsert(Setting, { name, value: after, sealed, updatedAt: at }, ['name']);
}

async function latestRevision(manager: EntityManager): Promise<SettingRevision | null> {
  const [latest] = await manager.find(SettingRevision, { order: { number: 'DESC' }, take: 1 });
  return latest ?? null;
}
