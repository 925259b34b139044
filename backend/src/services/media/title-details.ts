import { ageOfCertification } from '../../entities/age-rating.js';
import type { Movie } from '../../entities/movie.entity.js';
import type { TVShow } from '../../entities/tv-show.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import type { Logger } from '../../logging/logger.js';
import type { CertificationRepository } from '../../repositories/certification.repository.js';
import type { EpisodeRepository } from '../../repositories/episode.repository.js';
import type { CreditFacts, PersonRepository } from '../../repositories/person.repository.js';
import type { ShownTitle } from '../../repositories/shown-title.repository.js';
import type { TitleRef } from '../../repositories/title.repository.js';
import type { Cache, Freshness } from '../../utils/cache/cache.js';
import { cacheKeys, titleTag } from '../../utils/cache/cache-key.js';
import type { FilmMerger } from './film-merger.js';
import { defaultLanguage, isStoredLanguage } from './language.js';
import type {
  MetadataProvider,
  MovieDetails,
  ProviderCredit,
  ShowDetails,
} from './metadata-provider.port.js';
import { type Reader, suits, type Title } from './reader.js';
import type { TitleStore } from './title-store.js';
import { withinPatience } from './within-patience.js';

export interface TitleDetailsOptions {
  provider: MetadataProvider;
  store: TitleStore;
  episodes: EpisodeRepository;
  people: PersonRepository;
  certifications: CertificationRepository;
  merger: FilmMerger;
  cache: Cache;
  logger: Logger;
  now?: () => Date;
}

/** A title, and whether its facts are older than they should be because the provider does not answer. */
export type Known<T extends Title> = T & { stale: boolean };

const askedKey = cacheKeys<true>('details');
const minute = 60_000;
const day = 24 * 60 * minute;
/** Only so that the same is not asked twice in a moment; how old facts are is stored with them. */
const onceAtATime: Freshness = { ttlMs: minute, staleMs: 0 };
/** How long a page waits for newer facts when it could show older ones, in milliseconds. */
const patienceMs = { withDetails: 300, withSummary: 3_000, withRatings: 2_500 };
/** Pages of titles read for one list. */
const ratingsAtOnce = 100;

/** The pages of films and series: read from the provider when they are wanted and old, and kept. */
export class TitleDetails {
  private readonly now: () => Date;

  constructor(private readonly options: TitleDetailsOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /** Errors: not-found, also for what is not meant for the reader's age. */
  async getMovie(id: string, reader: Reader = {}): Promise<Known<Movie>> {
    const movie = await this.options.store.movies.findById(id);
    const known = movie && (await this.read(movie, reader));
    if (known?.type !== 'movie') throw new NotFoundError('Film');
    return known;
  }

  /** Errors: not-found, also for what is not meant for the reader's age. */
  async getShow(id: string, reader: Reader = {}): Promise<Known<TVShow>> {
    const show = await this.options.store.shows.findById(id);
    const known = show && (await this.read(show, reader));
    if (known?.type !== 'show') throw new NotFoundError('Series');
    return known;
  }

  /**
   * Asks the provider for the title again and keeps what it says. Null when it fails: then what is stored stays. Asked
   * once at a time per title and language.
   */
  async refresh(
    title: Title,
    language: string = defaultLanguage,
    { background = false }: { background?: boolean } = {},
  ): Promise<Title | null> {
    const { cache, provider, logger, store } = this.options;
    try {
      const key = askedKey([provider.catalogue, title.id, language], [titleTag(title.id)]);
      await cache.wrap(key, onceAtATime, async (): Promise<true> => {
        await this.ask(title, { language, background });
        return true;
      });
      const [stored] = await store.load([{ mediaId: title.id, type: title.type }], language);
      return stored ?? title;
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      logger.warn({ mediaId: title.id, err: error }, 'the provider did not describe a title');
      return null;
    }
  }

  /** Asks now, also when somebody just did. Errors: provider-unavailable, provider-timeout. */
  async ask(title: Title, query: { language: string; background?: boolean }): Promise<void> {
    const { provider } = this.options;
    if (title.type === 'movie') {
      await this.keepMovie(title, await provider.findMovie(title, query), query.language);
    } else {
      await this.keepShow(title, await provider.findShow(title, query), query.language);
    }
  }

  /**
   * Lists do not tell age ratings; a title's own page does. For those who may only see what is rated, pages not read yet
   * are read, as many as fit into a moment. The others follow in the background, and are there the next time.
   */
  async learnRatings(titles: readonly ShownTitle[]): Promise<void> {
    const unread = titles.filter(({ detailsFetchedAt }) => detailsFetchedAt === null).slice(0, ratingsAtOnce);
    if (unread.length === 0) return;
    const queue = await this.options.store.load(unread.map(refOf), defaultLanguage);
    const readOn = async (): Promise<void> => {
      for (let title = queue.pop(); title; title = queue.pop()) await this.refresh(title);
    };
    await withinPatience(Promise.all(Array.from({ length: 6 }, readOn)), patienceMs.withRatings);
  }

  /** Those of the titles that suit the age, by what is known by now. */
  async suitable<T extends ShownTitle>(titles: readonly T[], ageLimit: number | null): Promise<T[]> {
    if (ageLimit === null) return [...titles];
    await this.learnRatings(titles);
    const stored = await this.options.store.loadShown(titles.map(refOf), defaultLanguage);
    const allowed = new Set(stored.filter((title) => suits(title, ageLimit)).map(({ id }) => id));
    return titles.filter(({ id }) => allowed.has(id));
  }

  private async read(title: Title, reader: Reader): Promise<Known<Title> | null> {
    const { language = defaultLanguage, ageLimit = null } = reader;
    const known = await this.fresh(title, language);
    return suits(known, ageLimit) ? known : null;
  }

  private async fresh(title: Title, language: string): Promise<Known<Title>> {
    const { store } = this.options;
    const readAt = await this.readAt(title, language);
    const age = readAt ? this.now().getTime() - readAt.getTime() : Infinity;
    const isYoung = age >= 0 && age < day;
    const patience = title.detailsFetchedAt ? patienceMs.withDetails : patienceMs.withSummary;
    const refreshed = isYoung ? null : await withinPatience(this.refresh(title, language), patience);
    const [shown = title] = refreshed ? [refreshed] : await store.inLanguage([title], language);
    return Object.assign(Object.create(Object.getPrototypeOf(shown) as object) as Title, shown, {
      stale: !isYoung && refreshed === null,
    });
  }

  /** When the title's page was last read in the language. */
  private async readAt(title: Title, language: string): Promise<Date | null> {
    if (isStoredLanguage(language)) return title.detailsFetchedAt;
    return (await this.options.store.translations.find(title.id, language))?.detailsFetchedAt ?? null;
  }

  private async keepMovie(movie: Movie, details: MovieDetails | null, language: string): Promise<void> {
    const { store } = this.options;
    if (!details) return this.keepGone(movie, language);
    const { credits, certifications, ...facts } = details;
    const rated = this.ratedFor(movie, details, language);
    const texts = isStoredLanguage(language)
      ? { detailsFetchedAt: this.now() }
      : await this.keepTexts(movie, details, language);
    const ids = { archiveId: movie.archiveId, openFilmId: movie.openFilmId };
    const [stored] = await store.movies.upsertMany([{ ...ids, ...facts, ...rated, ...texts, goneAt: null }]);
    // The provider's id led to another film of ours: the two are one.
    if (stored && stored.id !== movie.id) await this.options.merger.merge(stored.id, movie.id);
    await this.keepMore(stored?.id ?? movie.id, credits, certifications);
  }

  private async keepShow(show: TVShow, details: ShowDetails | null, language: string): Promise<void> {
    const { store, episodes } = this.options;
    if (!details) return this.keepGone(show, language);
    const { credits, certifications, seasons, nextEpisode, lastEpisode, ...facts } = details;
    const rated = this.ratedFor(show, details, language);
    const isOurs = isStoredLanguage(language);
    const texts = isOurs ? { detailsFetchedAt: this.now() } : await this.keepTexts(show, details, language);
    const hints = isOurs ? { lastEpisode } : {};
    const [stored] = await store.shows.upsertMany([{ ...facts, ...rated, ...texts, ...hints }]);
    if (!stored) return;
    // That there is no next episode any more is news, not a hole in the answer.
    const nextAirDate = nextEpisode?.airDate ?? null;
    if (stored.nextAirDate !== nextAirDate || (isOurs && !isSame(stored.nextEpisode, nextEpisode))) {
      await store.shows.save(Object.assign(stored, { nextAirDate, nextEpisode, goneAt: null }));
    }
    const rows = isOurs ? seasons : await this.keepSeasonTexts(stored, seasons, language);
    if (rows.length > 0) await episodes.upsertSeasons(stored.id, rows);
    await this.keepMore(stored.id, credits, certifications);
  }

  private async keepSeasonTexts(
    show: TVShow,
    seasons: ShowDetails['seasons'],
    language: string,
  ): Promise<ShowDetails['seasons']> {
    const { store, episodes } = this.options;
    const known = new Map((await episodes.listSeasons(show.id)).map((season) => [season.number, season]));
    await store.translations.upsertMany(
      seasons.flatMap(({ number, title, overview }) => {
        const season = known.get(number);
        return season ? [{ mediaId: season.id, language, title, overview }] : [];
      }),
    );
    return seasons.map((season) => {
      const stored = known.get(season.number);
      return stored ? { ...season, title: stored.title, overview: stored.overview } : season;
    });
  }

  /** Gone there (deleted or merged): what we have stays, and the question is not asked again today. */
  private async keepGone(title: Title, language: string): Promise<void> {
    const { store } = this.options;
    const now = this.now();
    if (!isStoredLanguage(language)) {
      await store.translations.upsertMany([{ mediaId: title.id, language, detailsFetchedAt: now }]);
      return;
    }
    const facts = { detailsFetchedAt: now, goneAt: title.tmdbId === null ? null : now };
    if (title.type === 'movie') await store.movies.save(Object.assign(title, facts));
    else await store.shows.save(Object.assign(title, facts));
  }

  /** What needs no translation is kept; the stored texts stay, and are asked for in the stored language when needed. */
  private async keepTexts(title: Title, details: MovieDetails | ShowDetails, language: string) {
    const { title: name, overview, tagline, posterPath, genres } = details;
    const detailsFetchedAt = this.now();
    await this.options.store.translations.upsertMany([
      { mediaId: title.id, language, title: name, overview, tagline, posterPath, genres, detailsFetchedAt },
    ]);
    return {
      title: title.title,
      overview: title.overview,
      posterPath: title.posterPath,
      tagline: '',
      genres: [],
      videos: title.videos ?? details.videos ?? [],
    };
  }

  /** The rating of the stored language's country where there is one; for whom it is, by the strictest otherwise. */
  private ratedFor(title: Title, details: MovieDetails | ShowDetails, language: string) {
    const { certifications = {}, certification: said } = details;
    const certification = isStoredLanguage(language)
      ? said
      : (title.certification ?? certifications['US'] ?? said);
    const ages = Object.values(certifications).flatMap((rating) => ageOfCertification(rating) ?? []);
    const strictest = ages.length === 0 ? null : Math.max(...ages);
    return { certification, minimumAge: ageOfCertification(certification) ?? strictest };
  }

  private async keepMore(
    mediaId: string,
    credits: readonly ProviderCredit[] = [],
    certifications: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.options.certifications.upsert(mediaId, certifications);
    const facts: CreditFacts[] = credits.map(({ kind, role, person }) => ({ kind, role, person }));
    await this.options.people.replaceCredits(mediaId, facts);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function refOf({ id, type }: ShownTitle): TitleRef {
  return { mediaId: id, type };
}
