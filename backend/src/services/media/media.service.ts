import { Movie } from '../../entities/movie.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { MovieRepository } from '../../repositories/movie.repository.js';
import type { Cache, Freshness } from '../../utils/cache/cache.js';
import { isSuitable } from './age-rating.js';
import { defaultLanguage, isStoredLanguage } from './language.js';
import type { HomeRow, MetadataProvider, MovieDetails, MovieSummary } from './metadata-provider.port.js';

export interface MediaServiceOptions {
  provider: MetadataProvider;
  movies: MovieRepository;
  cache: Cache;
  logger: Logger;
  now?: () => Date;
}

export interface Home {
  rows: { id: string; title: string; items: Movie[] }[];
  catalogue: MetadataProvider['catalogue'];
  /** The provider did not answer; this is what was known before. */
  stale: boolean;
}

export interface MoviePage {
  items: Movie[];
  page: number;
  pageSize: number;
  total: number;
}

/** A film, and whether its facts are older than they should be because the provider does not answer. */
export type KnownMovie = Movie & { stale: boolean };

/** For whom something is put together. */
export interface Reader {
  /** BCP 47. */
  language?: string;
  /** Years; null, or nothing, sees everything. */
  ageLimit?: number | null;
}

/** A stored film with the texts to show for it in one language. */
interface Shown {
  id: string;
  texts: Partial<Pick<Movie, 'title' | 'overview' | 'posterPath' | 'tagline' | 'genres'>>;
}

type RowOutcome = { row: HomeRow } & ({ shown: Shown[]; stale: boolean } | { shown: null; error: unknown });

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const homeFreshness: Freshness = { ttlMs: hour, staleMs: 30 * day };
const searchFreshness: Freshness = { ttlMs: 10 * minute, staleMs: day };
const detailsFreshness: Freshness = { ttlMs: day, staleMs: 30 * day };
/** How long a page waits for newer facts when it could show older ones, in milliseconds. */
const patienceMs = { withDetails: 300, withSummary: 3_000, withRatings: 2_500 };
/** Pages of films read for one list. */
const ratingsAtOnce = 100;
const localRowLength = 40;

/** Films: what the provider tells is stored, so that every film has an id of ours and is still there when the provider is not. */
export class MediaService {
  private readonly now: () => Date;

  constructor(private readonly options: MediaServiceOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /** The provider's error only when it fails and nothing at all is known. */
  async getHome({ ageLimit = null, ...query }: Reader = {}): Promise<Home> {
    const home = await this.home(query);
    if (ageLimit === null) return home;
    await this.learnRatings(home.rows.flatMap(({ items }) => items));
    const rows = await Promise.all(
      home.rows.map(async (row) => ({ ...row, items: await this.suitable(row.items, ageLimit) })),
    );
    return { ...home, rows: rows.filter(({ items }) => items.length > 0) };
  }

  /** While the provider fails, what is stored is searched; its error only when that finds nothing. */
  async search({ ageLimit = null, ...query }: { query: string; page: number } & Reader): Promise<MoviePage> {
    const found = await this.find(query);
    if (ageLimit === null) return found;
    await this.learnRatings(found.items);
    const items = await this.suitable(found.items, ageLimit);
    return { ...found, items, total: found.total - (found.items.length - items.length) };
  }

  /**
   * One film, asked of the provider again when what is known is older than a day. Errors: not-found, also for one that
   * is not meant for the reader's age.
   */
  async getMovie(id: string, { ageLimit = null, ...query }: Reader = {}): Promise<KnownMovie> {
    const movie = await this.movie(id, query);
    if (!isSuitable(movie, ageLimit)) throw new NotFoundError('Film');
    return movie;
  }

  private async home({ language = defaultLanguage }: { language?: string }): Promise<Home> {
    const { provider } = this.options;
    const outcomes = await Promise.all(provider.rows.map((row) => this.row(row, language)));
    const known = outcomes.filter((outcome) => outcome.shown !== null);
    const failed = outcomes.filter((outcome) => outcome.shown === null);
    if (known.length === 0 && failed.length > 0) return this.homeFromStore(failed[0]?.error);
    const rows = await Promise.all(
      known.map(async ({ row, shown }) => ({ id: row.id, title: row.title, items: await this.load(shown) })),
    );
    return {
      rows: rows.filter(({ items }) => items.length > 0),
      catalogue: provider.catalogue,
      stale: failed.length > 0 || known.some(({ stale }) => stale),
    };
  }

  private async find(query: { query: string; page: number; language?: string }): Promise<MoviePage> {
    const { query: text, page, language = defaultLanguage } = query;
    const { provider, cache, movies } = this.options;
    const key = `media:search:${provider.catalogue}:${language}:${page}:${text.toLowerCase()}`;
    try {
      const { value } = await cache.wrap(key, searchFreshness, async () => {
        const found = await provider.search({ text, page, language });
        return { ...found, items: await this.keep(found.items, language) };
      });
      return { ...value, items: await this.load(value.items) };
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      const items = page === 1 ? await movies.search(text, 20) : [];
      if (items.length === 0) throw error;
      return { items, page, pageSize: 20, total: items.length };
    }
  }

  private async movie(
    id: string,
    { language = defaultLanguage }: { language?: string },
  ): Promise<KnownMovie> {
    const movie = await this.options.movies.findById(id);
    if (!movie) throw new NotFoundError('Film');
    const age = movie.detailsFetchedAt ? this.now().getTime() - movie.detailsFetchedAt.getTime() : Infinity;
    if (isStoredLanguage(language) && age >= 0 && age < day) return withFacts(movie, { stale: false });
    const patience = movie.detailsFetchedAt ? patienceMs.withDetails : patienceMs.withSummary;
    const fresh = await withinPatience(this.refresh(movie, language), patience);
    return fresh ?? withFacts(movie, { stale: true });
  }

  /**
   * Lists do not tell age ratings; a film's own page does. For those who may only see what is rated, pages not read yet
   * are read, as many as fit into a moment. The others follow in the background, and are there the next time.
   */
  private async learnRatings(movies: readonly Movie[]): Promise<void> {
    const unknown = movies
      .filter(({ detailsFetchedAt }) => detailsFetchedAt === null)
      .slice(0, ratingsAtOnce);
    const queue = [...unknown];
    const readOn = async (): Promise<void> => {
      for (let movie = queue.pop(); movie; movie = queue.pop()) await this.refresh(movie, defaultLanguage);
    };
    await withinPatience(Promise.all(Array.from({ length: 6 }, readOn)), patienceMs.withRatings);
  }

  /** Rated by what is stored by now, shown as it was. */
  private async suitable(movies: readonly Movie[], ageLimit: number): Promise<Movie[]> {
    const stored = await this.options.movies.findByIds(movies.map(({ id }) => id));
    const allowed = new Set(stored.filter((movie) => isSuitable(movie, ageLimit)).map(({ id }) => id));
    return movies.filter(({ id }) => allowed.has(id));
  }

  private async row(row: HomeRow, language: string): Promise<RowOutcome> {
    const { provider, cache, logger } = this.options;
    const key = `media:home:${provider.catalogue}:${row.id}:${language}`;
    try {
      const { value, stale } = await cache.wrap(key, homeFreshness, async () =>
        this.keep(await provider.listRow(row.id, { language }), language),
      );
      return { row, shown: value, stale };
    } catch (error) {
      // One row that fails must not hide the others.
      if (!isProviderFailure(error)) throw error;
      logger.warn({ row: row.id, err: error }, 'a row of the home page is missing');
      return { row, shown: null, error };
    }
  }

  private async homeFromStore(failure: unknown): Promise<Home> {
    const items = await this.options.movies.search('', localRowLength);
    if (items.length === 0) throw failure;
    const row = { id: 'known', title: 'Seen here before', items };
    return { rows: [row], catalogue: this.options.provider.catalogue, stale: true };
  }

  /** Null when the provider fails. Asked once at a time per film and language. */
  private async refresh(movie: Movie, language: string): Promise<KnownMovie | null> {
    const { provider, cache, movies, logger } = this.options;
    try {
      const key = `media:details:${provider.catalogue}:${movie.id}:${language}`;
      const { value, stale } = await cache.wrap(key, detailsFreshness, async () => {
        const details = await provider.findMovie(movie, { language });
        return await this.keepDetails(movie, details, language);
      });
      const stored = (await movies.findById(movie.id)) ?? movie;
      return withFacts(stored, { ...value, stale });
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      logger.warn({ movieId: movie.id, err: error }, 'the provider did not describe a film');
      return null;
    }
  }

  private async keepDetails(
    movie: Movie,
    details: MovieDetails | null,
    language: string,
  ): Promise<Shown['texts']> {
    const { movies } = this.options;
    const detailsFetchedAt = this.now();
    if (!details) {
      // Gone there (deleted or merged): what we have stays, and the question is not asked again today.
      await movies.save(Object.assign(movie, { detailsFetchedAt }));
      return {};
    }
    if (isStoredLanguage(language)) {
      await movies.upsertMany([{ ...details, detailsFetchedAt }]);
      return {};
    }
    const { title, overview, tagline, posterPath, genres } = details;
    // What needs no translation is kept; the texts stay as stored, and are asked for in the stored language when needed.
    const stored = { title: movie.title, overview: movie.overview, posterPath: movie.posterPath };
    await movies.upsertMany([{ ...details, ...stored, tagline: '', genres: [] }]);
    return withoutUnknown({ title, overview, tagline, posterPath, genres });
  }

  /** Stores films that are new or have changed. Texts in other languages never replace stored ones. */
  private async keep(summaries: readonly MovieSummary[], language: string): Promise<Shown[]> {
    const { movies } = this.options;
    const rows = isStoredLanguage(language) ? summaries : await this.withStoredTexts(summaries);
    const stored = await movies.upsertMany(rows);
    return stored.map((movie, at) => {
      const { title, overview, posterPath } = summaries[at] ?? movie;
      return {
        id: movie.id,
        texts: isStoredLanguage(language) ? {} : withoutUnknown({ title, overview, posterPath }),
      };
    });
  }

  private async withStoredTexts(summaries: readonly MovieSummary[]): Promise<MovieSummary[]> {
    const ids = summaries.flatMap(({ tmdbId }) => tmdbId ?? []);
    const stored = new Map(
      (await this.options.movies.findByTmdbIds(ids)).map((movie) => [movie.tmdbId, movie]),
    );
    return summaries.map((summary) => {
      const known = stored.get(summary.tmdbId);
      return known
        ? { ...summary, title: known.title, overview: known.overview, posterPath: known.posterPath }
        : summary;
    });
  }

  private async load(shown: readonly Shown[]): Promise<Movie[]> {
    const movies = new Map(
      (await this.options.movies.findByIds(shown.map(({ id }) => id))).map((movie) => [movie.id, movie]),
    );
    return shown.flatMap(({ id, texts }) => {
      const movie = movies.get(id);
      return movie ? [withFacts(movie, texts)] : [];
    });
  }
}

function withFacts<T extends object>(movie: Movie, facts: T): Movie & T {
  return Object.assign(new Movie(), movie, facts);
}

/** Drops empty texts, so that what is laid over a stored film hides nothing. */
function withoutUnknown(texts: Shown['texts']): Shown['texts'] {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null && value.length > 0));
}

async function withinPatience<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}
