import { In } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { TVShow } from '../entities/tv-show.entity.js';
import { chunks } from './chunks.js';
import { type ExternalKind, upsertExternal } from './external-titles.js';
import { fileTitles } from './title-filing.js';

/** What a provider says of a series. At least one external id tells which one it is. */
export type ShowFacts = Partial<Omit<TVShow, 'id' | 'createdAt' | 'updatedAt'>> & Pick<TVShow, 'title'>;

const kind: ExternalKind<TVShow, ShowFacts> = {
  entity: TVShow,
  externalIds: ['tmdbId', 'imdbId', 'tvdbId'],
  blank: blankShow,
};

export class ShowRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  findById(id: string): Promise<TVShow | null> {
    return this.store.reader.findOneBy(TVShow, { id });
  }

  /** In the order of the ids; unknown ones are left out. */
  async findByIds(ids: readonly string[]): Promise<TVShow[]> {
    const found = new Map<string, TVShow>();
    for (const some of chunks(ids)) {
      for (const show of await this.store.reader.findBy(TVShow, { id: In(some) })) found.set(show.id, show);
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** In the order of the ids; unknown ones are left out. */
  async findByTmdbIds(tmdbIds: readonly number[]): Promise<TVShow[]> {
    const found = new Map<number | null, TVShow>();
    for (const some of chunks(tmdbIds)) {
      for (const show of await this.store.reader.findBy(TVShow, { tmdbId: In(some) }))
        found.set(show.tmdbId, show);
    }
    return tmdbIds.flatMap((id) => found.get(id) ?? []);
  }

  findByImdbId(imdbId: string): Promise<TVShow | null> {
    return this.store.reader.findOneBy(TVShow, { imdbId });
  }

  /** Those whose pages were read longest ago, and before `before`. */
  listStale(before: Date, limit: number): Promise<TVShow[]> {
    return this.store.reader
      .createQueryBuilder(TVShow, 'show')
      .where('show.detailsFetchedAt < :before', { before: before.getTime() })
      .orderBy('show.detailsFetchedAt', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** Those whose next episode was due on `day` (YYYY-MM-DD) or before: there is news of them. */
  listAired(day: string, limit: number): Promise<TVShow[]> {
    return this.store.reader
      .createQueryBuilder(TVShow, 'show')
      .where('show.nextAirDate <= :day', { day })
      .orderBy('show.nextAirDate', 'ASC')
      .addOrderBy('show.id', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** Stores what a provider said, as `upsertExternal` does, all in one write. To erase a fact, `save`. */
  upsertMany(rows: readonly ShowFacts[]): Promise<TVShow[]> {
    if (rows.length === 0) return Promise.resolve([]);
    return this.store.write(async (manager) => {
      const { stored, changed } = await upsertExternal(manager, kind, rows, this.now());
      await fileTitles(manager, changed);
      return stored;
    });
  }

  async save(show: TVShow): Promise<TVShow> {
    show.updatedAt = this.now();
    return this.store.write(async (manager) => {
      const saved = await manager.save(TVShow, show);
      await fileTitles(manager, [saved]);
      return saved;
    });
  }
}

function blankShow(row: ShowFacts, now: Date): TVShow {
  return Object.assign(new TVShow(), {
    id: newId(now.getTime()),
    tmdbId: null,
    imdbId: null,
    tvdbId: null,
    title: '',
    originalTitle: row.title,
    originalLanguage: null,
    year: null,
    releaseDate: null,
    lastAirDate: null,
    nextAirDate: null,
    status: null,
    overview: '',
    tagline: '',
    runtimeSeconds: null,
    posterPath: null,
    backdropPath: null,
    rating: null,
    voteCount: 0,
    certification: null,
    minimumAge: null,
    popularity: null,
    genres: [],
    creators: [],
    networks: [],
    cast: [],
    videos: null,
    aliases: null,
    originCountries: null,
    lastEpisode: null,
    nextEpisode: null,
    seasonCount: null,
    episodeCount: null,
    goneAt: null,
    detailsFetchedAt: null,
    createdAt: now,
    updatedAt: now,
  });
}
