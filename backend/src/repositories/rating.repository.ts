import { type EntityManager, In, IsNull, LessThan, Not } from 'typeorm';
import type { Store } from '../database/store.js';
import { Rating } from '../entities/rating.entity.js';
import { User } from '../entities/user.entity.js';

export type StoredRating = Omit<Rating, 'user'>;

/** Runs in the same write: what must be kept together with the change. */
export type AlsoWriteRating = (manager: EntityManager, change: RatingChange) => Promise<void>;

export type RatingChange = Omit<StoredRating, 'rating' | 'seenAt'> & {
  /** Null: it was taken back. */
  rating: number | null;
};

/** SQLite takes 32,766 parameters in a statement. */
const rowsPerQuery = 500;
/** Of one reading. */
const mostRows = 100_000;

/** What people think of titles. */
export class RatingRepository {
  constructor(private readonly store: Store) {}

  /** Of a film, or of a show and its episodes. */
  listOf(userId: string, mediaId: string): Promise<Rating[]> {
    return this.store.reader.find(Rating, { where: { userId, mediaId }, take: 10_000 });
  }

  find(userId: string, titleKey: string): Promise<Rating | null> {
    return this.store.reader.findOneBy(Rating, { userId, titleKey });
  }

  async findMany(userId: string, titleKeys: readonly string[]): Promise<Map<string, Rating>> {
    const found = new Map<string, Rating>();
    for (const some of chunks(titleKeys)) {
      for (const row of await this.store.reader.findBy(Rating, { userId, titleKey: In(some) }))
        found.set(row.titleKey, row);
    }
    return found;
  }

  /** What somebody says here. Nothing happens when they are gone, or nothing changes. */
  async change(change: RatingChange, also?: AlsoWriteRating): Promise<void> {
    const { userId, titleKey, rating } = change;
    await this.store.write(async (manager) => {
      if (!(await manager.existsBy(User, { id: userId }))) return;
      const known = await manager.findOneBy(Rating, { userId, titleKey });
      if ((known?.rating ?? null) === rating) return;
      if (rating === null) await manager.delete(Rating, { userId, titleKey });
      else await manager.upsert(Rating, { ...change, rating, seenAt: null }, ['userId', 'titleKey']);
      await also?.(manager, change);
    });
  }

  /** What was said elsewhere, as it is there. */
  async keep(ratings: readonly StoredRating[]): Promise<void> {
    await this.store.write(async (manager) => {
      for (const some of chunks(ratings)) await manager.upsert(Rating, some, ['userId', 'titleKey']);
    });
  }

  /** Trakt says the same of these. */
  async markSeen(userId: string, titleKeys: readonly string[], seenAt: Date): Promise<void> {
    await this.store.write(async (manager) => {
      for (const some of chunks(titleKeys))
        await manager.update(Rating, { userId, titleKey: In(some) }, { seenAt });
    });
  }

  /** Those that a reading of all, begun at `since`, did not find any more. */
  listUnseen(userId: string, since: Date): Promise<Rating[]> {
    return this.store.reader.find(Rating, { where: { userId, seenAt: LessThan(since) }, take: mostRows });
  }

  /** Those that Trakt was never told. */
  listUntold(userId: string): Promise<Rating[]> {
    return this.store.reader.find(Rating, { where: { userId, seenAt: IsNull() }, take: mostRows });
  }

  async delete(userId: string, titleKeys: readonly string[]): Promise<void> {
    await this.store.write(async (manager) => {
      for (const some of chunks(titleKeys)) await manager.delete(Rating, { userId, titleKey: In(some) });
    });
  }
}

/** As if Trakt had never been told: the link has ended, or leads to another account. */
export async function forgetSeenWithin(manager: EntityManager, userId: string): Promise<void> {
  await manager.update(Rating, { userId, seenAt: Not(IsNull()) }, { seenAt: null });
}

function* chunks<T>(values: readonly T[]): Generator<T[]> {
  for (let start = 0; start < values.length; start += rowsPerQuery)
    yield values.slice(start, start + rowsPerQuery);
}
