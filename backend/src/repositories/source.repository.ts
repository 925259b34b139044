import { In, LessThan } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { Source } from '../entities/source.entity.js';

/** What sources belong to. */
export interface TitleKey {
  kind: 'movie' | 'episode';
  id: string;
}

/** A release as indexers tell of it. */
export type SourceFacts = Omit<
  Source,
  'id' | 'movieId' | 'episodeId' | 'movie' | 'firstSeenAt' | 'lastSeenAt' | 'refusal' | 'countedAt'
>;

/** How many a swarm has, as trackers say. */
export interface SwarmCount {
  infoHash: string;
  seeders: number;
  leechers: number;
}

export class SourceRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  findById(id: string): Promise<Source | null> {
    return this.store.reader.findOneBy(Source, { id });
  }

  /** In no particular order: ranking is the source service's matter. */
  listFor(title: TitleKey): Promise<Source[]> {
    return this.store.reader.findBy(Source, ownedBy(title));
  }

  /** Whose info-hash it is, for any title. */
  listByInfoHash(infoHash: string): Promise<Source[]> {
    return this.store.reader.find(Source, { where: { infoHash }, take: 500 });
  }

  /**
   * Takes in what a search has found so far. A release keeps its id by its info-hash; one that was not seen this time
   * stays with its old `lastSeenAt`. When two rows have one info-hash, the first counts. A swarm counted by its trackers
   * within `trustCountsMs` keeps that count. Answers all sources of the title.
   */
  takeIn(title: TitleKey, sources: readonly SourceFacts[], trustCountsMs = 0): Promise<Source[]> {
    return this.store.write(async (manager) => {
      const now = this.now();
      const known = new Map(
        (await manager.findBy(Source, ownedBy(title))).map((source) => [source.infoHash, source]),
      );
      const seen = new Map<string, Source>();
      for (const facts of sources) {
        if (seen.has(facts.infoHash)) continue;
        const source = known.get(facts.infoHash) ?? blank(title, now, manager.create(Source));
        const counted =
          source.countedAt !== null && now.getTime() - source.countedAt.getTime() < trustCountsMs;
        const { seeders, leechers } = counted ? source : facts;
        seen.set(facts.infoHash, Object.assign(source, facts, { seeders, leechers, lastSeenAt: now }));
        known.set(facts.infoHash, source);
      }
      await manager.upsert(Source, [...seen.values()], {
        conflictPaths: ['id'],
        skipUpdateIfNoValuesChanged: false,
      });
      return [...known.values()];
    });
  }

  /** Why a torrent is not offered for a title, or that it is after all. */
  async setRefusal(id: string, refusal: string | null): Promise<void> {
    await this.store.write((manager) =>
      manager.update(Source, { id }, { refusal: refusal?.slice(0, 200) ?? null }),
    );
  }

  /** What trackers said of swarms, for all titles they serve. */
  async setCounts(counts: readonly SwarmCount[]): Promise<void> {
    await this.store.write(async (manager) => {
      const countedAt = this.now();
      for (const { infoHash, seeders, leechers } of counts)
        await manager.update(Source, { infoHash }, { seeders, leechers, countedAt });
    });
  }

  /** Removes what no indexer has shown since; answers how many. */
  forgetUnseenSince(moment: Date): Promise<number> {
    return this.store.write(async (manager) => {
      const gone = await manager.find(Source, {
        select: { id: true },
        where: { lastSeenAt: LessThan(moment) },
        take: 500,
      });
      if (gone.length > 0) await manager.delete(Source, { id: In(gone.map(({ id }) => id)) });
      return gone.length;
    });
  }
}

function ownedBy({ kind, id }: TitleKey) {
  return kind === 'movie' ? { movieId: id } : { episodeId: id };
}

function blank({ kind, id }: TitleKey, now: Date, source: Source): Source {
  return Object.assign(source, {
    id: newId(now.getTime()),
    movieId: kind === 'movie' ? id : null,
    episodeId: kind === 'episode' ? id : null,
    refusal: null,
    countedAt: null,
    firstSeenAt: now,
  });
}
