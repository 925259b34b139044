import { type EntityManager, LessThanOrEqual } from 'typeorm';
import type { Store } from '../database/store.js';
import { SpentChallenge } from '../entities/spent-challenge.entity.js';

/** A challenge or ticket to use up. */
export interface ChallengeUse {
  id: string;
  /** When its row may be deleted. */
  expiresAt: Date;
}

/** Challenges and tickets that were used, so that each is accepted once by all servers of the database together. */
export class SpentChallengeRepository {
  constructor(private readonly store: Store) {}

  /** False when it was spent before. Rows whose time is over are deleted on the way. */
  spend(id: string, expiresAt: Date, now: Date): Promise<boolean> {
    return this.store.write((manager) => spendWithin(manager, { id, expiresAt }, now));
  }
}

/** Uses a challenge up inside a transaction. Returns false when it was spent before. */
export async function spendWithin(
  manager: EntityManager,
  { id, expiresAt }: ChallengeUse,
  now: Date,
): Promise<boolean> {
  await manager.delete(SpentChallenge, { expiresAt: LessThanOrEqual(now) });
  if (await manager.existsBy(SpentChallenge, { id })) return false;
  await manager.insert(SpentChallenge, { id, expiresAt });
  return true;
}
