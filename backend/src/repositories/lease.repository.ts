import { LessThanOrEqual } from 'typeorm';
import type { Store } from '../database/store.js';
import { Lease } from '../entities/lease.entity.js';

/** Who does what only one server may do. Each step is one statement, so that of two servers one comes first. */
export class LeaseRepository {
  constructor(private readonly store: Store) {}

  /** Takes it when it is free or its time is over, or holds on to one's own. False when somebody else has it. */
  take(name: string, owner: string, now: Date, expiresAt: Date): Promise<boolean> {
    return this.store.write(async (manager) => {
      const { affected } = await manager.update(
        Lease,
        [
          { name, owner },
          { name, expiresAt: LessThanOrEqual(now) },
        ],
        { owner, expiresAt },
      );
      if ((affected ?? 0) > 0) return true;
      await manager
        .createQueryBuilder()
        .insert()
        .into(Lease)
        .values({ name, owner, expiresAt })
        .orIgnore()
        .execute();
      return manager.existsBy(Lease, { name, owner });
    });
  }

  /** Whether anyone has it. */
  isTaken(name: string, now: Date): Promise<boolean> {
    return this.store.reader
      .createQueryBuilder(Lease, 'lease')
      .where('lease.name = :name', { name })
      .andWhere('lease.expiresAt > :now', { now: now.getTime() })
      .getExists();
  }

  /** Deletes all. For the start of the only server of a database, where each one is of a process that has ended. */
  async clear(): Promise<void> {
    await this.store.write((manager) => manager.createQueryBuilder().delete().from(Lease).execute());
  }

  /** Gives it back; somebody else's stays. */
  async release(name: string, owner: string): Promise<void> {
    await this.store.write((manager) => manager.delete(Lease, { name, owner }));
  }
}
