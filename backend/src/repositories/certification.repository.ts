import type { Store } from '../database/store.js';
import { Certification } from '../entities/certification.entity.js';

/** Age ratings by country. */
export class CertificationRepository {
  constructor(private readonly store: Store) {}

  listForMedia(mediaId: string): Promise<Certification[]> {
    return this.store.reader.findBy(Certification, { mediaId });
  }

  /** Takes in what is told; a country that is missing this time keeps its rating. */
  upsert(mediaId: string, ratings: Readonly<Record<string, string>>): Promise<void> {
    const rows = Object.entries(ratings).map(([country, rating]) => ({ mediaId, country, rating }));
    if (rows.length === 0) return Promise.resolve();
    return this.store.write(async (manager) => {
      await manager.upsert(Certification, rows, ['mediaId', 'country']);
    });
  }
}
