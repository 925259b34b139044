import { In } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { Movie } from '../entities/movie.entity.js';
import { chunks } from './chunks.js';
import { type ExternalKind, upsertExternal } from './external-titles.js';
import { type AlsoMerge, moveFilm } from './moved-film.js';
import { fileTitles, unfileTitles } from './title-filing.js';

/** What a provider says of a film. At least one external id tells which film it is. */
export type MovieFacts = Partial<Omit<Movie, 'id' | 'createdAt' | 'updatedAt'>> & Pick<Movie, 'title'>;

const kind: ExternalKind<Movie, MovieFacts> = {
  entity: Movie,
  externalIds: ['tmdbId', 'imdbId', 'archiveId', 'openFilmId'],
  blank: blankMovie,
};

export class MovieRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** A film that turned out to be another one is answered as that one. */
  async findById(id: string): Promise<Movie | null> {
    const [movie] = await this.findByIds([id]);
    return movie ?? null;
  }

  /** In the order of the ids; unknown ones are left out. */
  async findByIds(ids: readonly string[]): Promise<Movie[]> {
    const found = await this.mapByIds(ids);
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** By the id asked for, which is not the film's own where it turned out to be another one; unknown ones are left out. */
  async mapByIds(ids: readonly string[]): Promise<Map<string, Movie>> {
    const found = new Map<string, Movie>();
    for (const movie of await this.load(ids)) found.set(movie.id, movie);
    const merged = [...found.values()].filter(({ mergedIntoId }) => mergedIntoId !== null);
    const others = await this.load([...new Set(merged.flatMap(({ mergedIntoId }) => mergedIntoId ?? []))]);
    const byId = new Map(others.map((movie) => [movie.id, movie]));
    for (const { id, mergedIntoId } of merged) {
      const kept = mergedIntoId === null ? undefined : byId.get(mergedIntoId);
      if (kept) found.set(id, kept);
      else found.delete(id);
    }
    return found;
  }

  /** In the order of the ids; unknown ones are left out. */
  async findByTmdbIds(tmdbIds: readonly number[]): Promise<Movie[]> {
    const found = new Map<number | null, Movie>();
    for (const some of chunks(tmdbIds)) {
      for (const movie of await this.store.reader.findBy(Movie, { tmdbId: In(some) }))
        found.set(movie.tmdbId, movie);
    }
    return tmdbIds.map((id) => found.get(id)).filter((movie) => movie !== undefined);
  }

  findByImdbId(imdbId: string): Promise<Movie | null> {
    return this.store.reader.findOneBy(Movie, { imdbId });
  }

  /** Those whose pages were read longest ago, and before `before`. */
  listStale(before: Date, limit: number): Promise<Movie[]> {
    return this.store.reader
      .createQueryBuilder(Movie, 'movie')
      .where('movie.detailsFetchedAt < :before', { before: before.getTime() })
      .orderBy('movie.detailsFetchedAt', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** Films that only the Internet Archive knows, by id, after one. */
  listOnlyArchived(afterId: string, limit: number): Promise<Movie[]> {
    return this.store.reader
      .createQueryBuilder(Movie, 'movie')
      .where('movie.id > :afterId AND movie.archiveId IS NOT NULL AND movie.tmdbId IS NULL', { afterId })
      .andWhere('movie.mergedIntoId IS NULL')
      .orderBy('movie.id', 'ASC')
      .limit(limit)
      .getMany();
  }

  /** Stores what a provider said, as `upsertExternal` does, all in one write. To erase a fact, `save`. */
  upsertMany(rows: readonly MovieFacts[]): Promise<Movie[]> {
    if (rows.length === 0) return Promise.resolve([]);
    return this.store.write(async (manager) => {
      const { stored, changed } = await upsertExternal(manager, kind, rows, this.now());
      await fileTitles(manager, changed);
      return stored;
    });
  }

  async save(movie: Movie): Promise<Movie> {
    movie.updatedAt = this.now();
    return this.store.write(async (manager) => {
      const saved = await manager.save(Movie, movie);
      await fileTitles(manager, [saved]);
      return saved;
    });
  }

  /**
   * Two films turned out to be one: `lost` keeps its id, which from now on means `kept`, and hands over what only it
   * knows, and what people did with it. `also` runs in the same write.
   */
  merge(keptId: string, lostId: string, also: readonly AlsoMerge[] = []): Promise<void> {
    return this.store.write(async (manager) => {
      const kept = await manager.findOneBy(Movie, { id: keptId });
      const lost = await manager.findOneBy(Movie, { id: lostId });
      if (!kept || !lost || kept.id === lost.id || lost.mergedIntoId !== null) return;
      const { archiveId, openFilmId, imdbId, tmdbId, licenseUrl } = lost;
      const none = { archiveId: null, openFilmId: null, imdbId: null, tmdbId: null };
      // First let go of there, for two films cannot hold an id for a moment.
      await manager.save(Movie, Object.assign(lost, none, { mergedIntoId: kept.id, updatedAt: this.now() }));
      await manager.update(Movie, { mergedIntoId: lost.id }, { mergedIntoId: kept.id });
      kept.archiveId ??= archiveId;
      kept.openFilmId ??= openFilmId;
      kept.imdbId ??= imdbId;
      kept.tmdbId ??= tmdbId;
      kept.licenseUrl ??= licenseUrl;
      kept.updatedAt = this.now();
      await manager.save(Movie, kept);
      const merge = { keptId: kept.id, lostId: lost.id };
      await moveFilm(manager, merge);
      for (const act of also) await act(manager, merge);
      await unfileTitles(manager, [lost.id]);
      await fileTitles(manager, [kept]);
    });
  }

  private async load(ids: readonly string[]): Promise<Movie[]> {
    const movies: Movie[] = [];
    for (const some of chunks(ids)) movies.push(...(await this.store.reader.findBy(Movie, { id: In(some) })));
    return movies;
  }
}

function blankMovie(row: MovieFacts, now: Date): Movie {
  return Object.assign(new Movie(), {
    id: newId(now.getTime()),
    tmdbId: null,
    imdbId: null,
    archiveId: null,
    openFilmId: null,
    title: '',
    originalTitle: row.title,
    originalLanguage: null,
    year: null,
    releaseDate: null,
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
    videos: null,
    aliases: null,
    originCountries: null,
    licenseUrl: null,
    mergedIntoId: null,
    goneAt: null,
    genres: [],
    directors: [],
    cast: [],
    detailsFetchedAt: null,
    createdAt: now,
    updatedAt: now,
  });
}
