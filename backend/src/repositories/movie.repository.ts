import { Brackets, type EntityManager, In } from 'typeorm';
import type { Store } from '../database/store.js';
import { newId } from '../entities/id.js';
import { Movie } from '../entities/movie.entity.js';

const externalIds = ['tmdbId', 'imdbId', 'archiveId', 'openFilmId'] as const;
/** Fields that no provider decides, whatever its row holds. */
const ours = new Set(['id', 'createdAt', 'updatedAt']);
type ExternalId = (typeof externalIds)[number];

/** What a provider says of a film. At least one external id tells which film it is. */
export type MovieFacts = Partial<Omit<Movie, 'id' | 'createdAt' | 'updatedAt'>> & Pick<Movie, 'title'>;

/** SQLite takes 32,766 parameters in a statement; this stays far below and still needs few statements. */
const idsPerQuery = 500;

export class MovieRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  findById(id: string): Promise<Movie | null> {
    return this.store.reader.findOneBy(Movie, { id });
  }

  /** In the order of the ids; unknown ones are left out. */
  async findByIds(ids: readonly string[]): Promise<Movie[]> {
    const found = new Map<string, Movie>();
    for (const some of chunks(ids)) {
      for (const movie of await this.store.reader.findBy(Movie, { id: In(some) })) found.set(movie.id, movie);
    }
    return ids.map((id) => found.get(id)).filter((movie) => movie !== undefined);
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

  /**
   * Films whose title or original title holds the text; those that begin with it first, then by how many people voted.
   * `limit` is at most 100.
   */
  search(text: string, limit: number): Promise<Movie[]> {
    const escaped = text.trim().replaceAll(/[\\%_]/g, '\\$&');
    return this.store.reader
      .createQueryBuilder(Movie, 'movie')
      .where(
        new Brackets((either) =>
          either
            .where(`movie.title LIKE :anywhere ESCAPE '\\'`)
            .orWhere(`movie.originalTitle LIKE :anywhere ESCAPE '\\'`),
        ),
      )
      .addSelect(`CASE WHEN movie.title LIKE :prefix ESCAPE '\\' THEN 0 ELSE 1 END`, 'closeness')
      .setParameters({ anywhere: `%${escaped}%`, prefix: `${escaped}%` })
      .orderBy('closeness', 'ASC')
      .addOrderBy('movie.voteCount', 'DESC')
      .addOrderBy('movie.id', 'ASC')
      .limit(Math.min(limit, 100))
      .getMany();
  }

  /**
   * Stores what a provider said and answers the films in the order of `rows`, all in one write. A row finds its film by
   * any of its external ids. Facts that a row lacks, or has empty, never erase known ones: a search result knows less
   * than the film's own page. To erase, `save`.
   */
  upsertMany(rows: readonly MovieFacts[]): Promise<Movie[]> {
    if (rows.length === 0) return Promise.resolve([]);
    return this.store.write(async (manager) => {
      const known = await loadKnown(manager, rows);
      const changed = new Set<Movie>();
      const now = this.now();
      const movies = rows.map((row) => {
        const movie = known.match(row) ?? blankMovie(manager, row, now);
        if (apply(row, movie, known)) changed.add(movie);
        known.remember(movie);
        return movie;
      });
      for (const movie of changed) movie.updatedAt = now;
      await manager.save(Movie, [...changed], { chunk: idsPerQuery });
      return movies;
    });
  }

  async save(movie: Movie): Promise<Movie> {
    movie.updatedAt = this.now();
    return this.store.write((manager) => manager.save(Movie, movie));
  }
}

/** The films that the rows may mean, findable by every external id. */
class KnownMovies {
  private readonly byExternalId = new Map<string, Movie>();

  /** The first id that is known decides; ids come in the order of how far they can be trusted. */
  match(row: MovieFacts): Movie | undefined {
    const keys = externalIds.map((name) => keyOf(name, row[name])).filter((key) => key !== null);
    if (keys.length === 0) throw new Error(`The film "${row.title}" has no external id.`);
    return keys.map((key) => this.byExternalId.get(key)).find((movie) => movie !== undefined);
  }

  holder(name: ExternalId, value: Movie[ExternalId] | undefined): Movie | undefined {
    const key = keyOf(name, value);
    return key === null ? undefined : this.byExternalId.get(key);
  }

  remember(movie: Movie): void {
    for (const name of externalIds) {
      const key = keyOf(name, movie[name]);
      if (key !== null) this.byExternalId.set(key, movie);
    }
  }
}

function keyOf(name: ExternalId, value: Movie[ExternalId] | undefined): string | null {
  return value === null || value === undefined ? null : `${name}:${value}`;
}

async function loadKnown(manager: EntityManager, rows: readonly MovieFacts[]): Promise<KnownMovies> {
  const known = new KnownMovies();
  for (const name of externalIds) {
    const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
    for (const some of chunks(values)) {
      for (const movie of await manager.findBy(Movie, { [name]: In(some) })) {
        // A film found twice (by two of its ids) must stay one object.
        if (!known.holder(name, movie[name])) known.remember(movie);
      }
    }
  }
  return known;
}

/** Copies the facts a row has; true when one of them was news. An external id that another film holds is left there. */
function apply(row: MovieFacts, movie: Movie, known: KnownMovies): boolean {
  const news: Partial<Movie> = {};
  for (const name of externalIds) {
    const holder = known.holder(name, row[name]);
    if (holder && holder !== movie) row = { ...row, [name]: undefined };
  }
  for (const [name, value] of Object.entries(row)) {
    if (ours.has(name) || isEmpty(value) || sameFact(movie[name as keyof Movie], value)) continue;
    Object.assign(news, { [name]: value });
  }
  Object.assign(movie, news);
  return Object.keys(news).length > 0;
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function sameFact(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function blankMovie(manager: EntityManager, row: MovieFacts, now: Date): Movie {
  return manager.create(Movie, {
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
    genres: [],
    directors: [],
    cast: [],
    detailsFetchedAt: null,
    createdAt: now,
    updatedAt: now,
  });
}

function* chunks<T>(values: readonly T[]): Generator<T[]> {
  for (let start = 0; start < values.length; start += idsPerQuery)
    yield values.slice(start, start + idsPerQuery);
}
