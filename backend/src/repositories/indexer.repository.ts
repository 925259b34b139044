import type { Store } from '../database/store.js';
import { Indexer } from '../entities/indexer.entity.js';

/** How one search at an indexer went. */
export interface IndexerRun {
  /** Null when all was well. */
  error: string | null;
  ms: number;
  results: number;
}

/** Weight of the newest search in the means. */
const newest = 0.2;

export class IndexerRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  find(id: string): Promise<Indexer | null> {
    return this.store.reader.findOneBy(Indexer, { id });
  }

  findByName(name: string): Promise<Indexer | null> {
    return this.store.reader.findOneBy(Indexer, { name });
  }

  /** In their order. */
  list(): Promise<Indexer[]> {
    return this.store.reader.find(Indexer, { order: { position: 'ASC', id: 'ASC' }, take: 100 });
  }

  async save(indexer: Indexer): Promise<void> {
    await this.store.write((manager) => manager.save(Indexer, indexer));
  }

  async delete(id: string): Promise<void> {
    await this.store.write((manager) => manager.delete(Indexer, { id }));
  }

  /** Puts them into this order; those not named follow as they were. */
  async reorder(ids: readonly string[]): Promise<void> {
    await this.store.write(async (manager) => {
      const all = await manager.find(Indexer, { order: { position: 'ASC', id: 'ASC' } });
      const rank = new Map(ids.map((id, at) => [id, at]));
      const place = ({ id }: Indexer) => rank.get(id) ?? ids.length;
      const ordered = [...all].sort((a, b) => place(a) - place(b) || a.position - b.position);
      for (const [position, { id }] of ordered.entries()) await manager.update(Indexer, { id }, { position });
    });
  }

  /** Notes how a search went. */
  async note(id: string, { error, ms, results }: IndexerRun): Promise<void> {
    await this.store.write(async (manager) => {
      const indexer = await manager.findOneBy(Indexer, { id });
      if (!indexer) return;
      const now = this.now();
      const mean = (before: number | null, value: number) =>
        before === null ? value : before + newest * (value - before);
      await manager.update(
        Indexer,
        { id },
        error === null
          ? {
              searches: indexer.searches + 1,
              lastError: null,
              lastOkAt: now,
              responseMs: Math.round(mean(indexer.responseMs, ms)),
              resultsPerSearch: mean(indexer.resultsPerSearch, results),
            }
          : {
              searches: indexer.searches + 1,
              failures: indexer.failures + 1,
              lastError: error.slice(0, 300),
              lastErrorAt: now,
            },
      );
    });
  }
}
