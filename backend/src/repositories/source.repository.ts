import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { Source } from '../entities/source.entity.js';

/** A release as an indexer tells of it. */
export type SourceFacts = Omit<Source, 'id' | 'movieId' | 'movie' | 'firstSeenAt' | 'lastSeenAt'>;

export class SourceRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  findById(id: string): Promise<Source | null> {
    return this.store.reader.findOneBy(Source, { id });
  }

  /** In no particular order: ranking is the source service's matter. */
  listForMovie(movieId: string): Promise<Source[]> {
    return this.store.reader.findBy(Source, { movieId });
  }

  /**
   * Takes in the outcome of a search. A release keeps its id by its info-hash; one that was not seen this time stays
   * with its old `lastSeenAt`. When two rows have one info-hash, the first counts. Answers all sources of the film.
   */
  replaceForMovie(movieId: string, sources: readonly SourceFacts[]): Promise<Source[]> {
    return this.store.write(async (manager) => {
      const now = this.now();
      const known = new Map(
        (await manager.findBy(Source, { movieId })).map((source) => [source.infoHash, source]),
      );
      const seen = new Set<string>();
      for (const facts of sources) {
        if (seen.has(facts.infoHash)) continue;
        seen.add(facts.infoHash);
        const source =
          known.get(facts.infoHash) ??
          manager.create(Source, { id: newId(now.getTime()), movieId, firstSeenAt: now });
        known.set(facts.infoHash, Object.assign(source, facts, { lastSeenAt: now }));
      }
      const touched = [...known.values()].filter((source) => seen.has(source.infoHash));
      await manager.save(Source, touched, { chunk: 200 });
      return [...known.values()];
    });
  }
}
