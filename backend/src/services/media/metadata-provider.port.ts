import type { TitleType } from '../../entities/title.entity.js';
import type { Video } from '../../entities/title-columns.js';
import type { EpisodeHint, TVShow } from '../../entities/tv-show.entity.js';
import type { TitleSort } from '../../repositories/title.repository.js';

// What the catalogue needs of a place that knows films and series. Unknown is null, an empty text or an empty list, never
// a guess.

/** What outsiders call a film. */
export interface ExternalIds {
  tmdbId: number | null;
  /** `tt` and digits. */
  imdbId: string | null;
  /** Name in the built-in list of open films. */
  openFilmId: string | null;
  /** Item name at the Internet Archive. */
  archiveId?: string | null;
}

interface Summary {
  title: string;
  originalTitle: string;
  /** ISO 639-1. */
  originalLanguage: string | null;
  year: number | null;
  /** YYYY-MM-DD; of a series, of its first episode. */
  releaseDate: string | null;
  overview: string;
  /** `/<file>`, or `<provider>:<file>`, to be asked of the image port. */
  posterPath: string | null;
  backdropPath: string | null;
  /** 0 to 10. */
  rating: number | null;
  voteCount: number;
  popularity?: number | null;
  /** In English. */
  genres?: string[];
  /** ISO 3166-1 codes of where it was made; empty or absent when they are not known. */
  originCountries?: string[];
}

/** What a row of a list tells of a film. */
export interface MovieSummary extends ExternalIds, Summary {
  type?: 'movie';
  /** Of what the Internet Archive offers. */
  licenseUrl?: string | null;
}

/** What a row of a list tells of a series. */
export interface ShowSummary extends Summary {
  type: 'show';
  tmdbId: number | null;
  imdbId: string | null;
}

export type TitleSummary = MovieSummary | ShowSummary;

/** Somebody, by what TMDB calls them. */
export interface PersonSummary {
  tmdbId: number;
  name: string;
  profilePath: string | null;
  /** `Acting`, `Directing`, ... */
  knownFor: string | null;
}

/** Somebody's part in a title; a list of them is in the order of the billing. */
export interface ProviderCredit {
  kind: 'cast' | 'crew';
  /** The character, or the job. */
  role: string;
  person: PersonSummary;
}

interface Details {
  tagline: string;
  runtimeSeconds: number | null;
  certification: string | null;
  genres: string[];
  cast: { name: string; character: string }[];
  /** Age ratings by country (ISO 3166-1). */
  certifications?: Record<string, string>;
  credits?: ProviderCredit[];
  videos?: Video[];
  /** Alternative titles and translations, without `title` and `originalTitle`. */
  aliases?: string[];
}

export interface MovieDetails extends MovieSummary, Details {
  genres: string[];
  directors: string[];
}

export interface SeasonSummary {
  number: number;
  tmdbId: number | null;
  title: string;
  overview: string;
  airDate: string | null;
  posterPath: string | null;
  episodeCount: number;
}

export interface ShowDetails
  extends ShowSummary,
    Details,
    Pick<
      TVShow,
      'tvdbId' | 'lastAirDate' | 'status' | 'creators' | 'networks' | 'seasonCount' | 'episodeCount'
    > {
  genres: string[];
  lastEpisode: EpisodeHint | null;
  nextEpisode: EpisodeHint | null;
  seasons: SeasonSummary[];
}

export interface EpisodeDetails {
  number: number;
  tmdbId: number | null;
  title: string;
  overview: string;
  airDate: string | null;
  runtimeSeconds: number | null;
  stillPath: string | null;
  rating: number | null;
  kind: string | null;
}

export interface SeasonDetails extends SeasonSummary {
  episodes: EpisodeDetails[];
}

export interface PersonDetails extends PersonSummary {
  biography: string;
  birthday: string | null;
  deathday: string | null;
  birthplace: string | null;
  /** What they did, most popular first. */
  work: { kind: 'cast' | 'crew'; role: string; title: TitleSummary }[];
}

export interface ProviderQuery {
  /** BCP 47: `en-US`, `it`. */
  language: string;
  /** Nobody waits for the answer: those for whom somebody does go first. */
  background?: boolean;
  signal?: AbortSignal | undefined;
}

export interface ProviderPage {
  items: TitleSummary[];
  page: number;
  pageSize: number;
  /** How many the provider can page through. */
  total: number;
}

/** What a search found; people only on its first page. */
export interface ProviderFindings extends ProviderPage {
  people?: PersonSummary[];
}

export interface DiscoverFilter {
  type: TitleType;
  /** As the provider numbers it for the type. */
  genreTmdbId?: number | undefined;
  /** Inclusive. */
  yearFrom?: number | undefined;
  yearTo?: number | undefined;
  /** 0 to 10. */
  ratingFrom?: number | undefined;
  /** ISO 639-1. */
  language?: string | undefined;
  sort: TitleSort;
  page: number;
}

export interface HomeRow {
  id: string;
  title: string;
}

export interface ProviderGenre {
  tmdbId: number;
  name: string;
}

/** A list that somebody keeps at the provider. */
export interface ProviderList {
  name: string;
  description: string;
  /** In its order; all of it, up to the bound of `findList`. */
  items: TitleSummary[];
}

export interface ChangedPage {
  /** Ids at the provider. */
  tmdbIds: number[];
  page: number;
  pages: number;
}

/**
 * A catalogue of films and series. Errors of every call: `ProviderUnavailableError`, `ProviderTimeoutError`.
 * Entries that make no sense are left out; they never spoil the rest of an answer. `UnknowingMetadataProvider` has the
 * answers of a catalogue that cannot do something.
 */
export interface MetadataProvider {
  readonly catalogue: 'tmdb' | 'open-films';
  /** Rows of the home page, in the order to show. */
  readonly rows: readonly HomeRow[];
  listRow(rowId: string, query: ProviderQuery): Promise<TitleSummary[]>;
  /** @param query.page from 1; past the end it has no items */
  search(query: ProviderQuery & { text: string; page: number; type?: TitleType }): Promise<ProviderFindings>;
  /** Null when the provider does not know the film. */
  findMovie(ids: ExternalIds, query: ProviderQuery): Promise<MovieDetails | null>;
  findShow(
    ids: { tmdbId: number | null; imdbId: string | null },
    query: ProviderQuery,
  ): Promise<ShowDetails | null>;
  findSeason(showTmdbId: number, number: number, query: ProviderQuery): Promise<SeasonDetails | null>;
  findPerson(tmdbId: number, query: ProviderQuery): Promise<PersonDetails | null>;
  /** Null when it cannot filter: then what is stored is. */
  discover(filter: DiscoverFilter, query: ProviderQuery): Promise<ProviderPage | null>;
  listSimilar(type: TitleType, tmdbId: number, query: ProviderQuery): Promise<TitleSummary[]>;
  listGenres(type: TitleType, query: ProviderQuery): Promise<ProviderGenre[]>;
  /** Up to 2,000 titles. Null when there is no such list, or it is not public. */
  findList(id: string, query: ProviderQuery): Promise<ProviderList | null>;
  /** What changed from one day to another (YYYY-MM-DD, at most 14 days apart). Null when it does not tell. */
  listChanged(
    type: TitleType,
    window: { from: string; to: string; page: number },
    query: ProviderQuery,
  ): Promise<ChangedPage | null>;
}

/** The answers of a catalogue that knows nothing; those that know something extend it. */
export abstract class UnknowingMetadataProvider implements MetadataProvider {
  abstract readonly catalogue: MetadataProvider['catalogue'];
  abstract readonly rows: readonly HomeRow[];
  abstract listRow(rowId: string, query: ProviderQuery): Promise<TitleSummary[]>;
  abstract search(
    query: ProviderQuery & { text: string; page: number; type?: TitleType },
  ): Promise<ProviderFindings>;
  abstract findMovie(ids: ExternalIds, query: ProviderQuery): Promise<MovieDetails | null>;

  findShow(..._: Parameters<MetadataProvider['findShow']>): Promise<ShowDetails | null> {
    return Promise.resolve(null);
  }

  findSeason(..._: Parameters<MetadataProvider['findSeason']>): Promise<SeasonDetails | null> {
    return Promise.resolve(null);
  }

  findPerson(..._: Parameters<MetadataProvider['findPerson']>): Promise<PersonDetails | null> {
    return Promise.resolve(null);
  }

  discover(..._: Parameters<MetadataProvider['discover']>): Promise<ProviderPage | null> {
    return Promise.resolve(null);
  }

  listSimilar(..._: Parameters<MetadataProvider['listSimilar']>): Promise<TitleSummary[]> {
    return Promise.resolve([]);
  }

  listGenres(..._: Parameters<MetadataProvider['listGenres']>): Promise<ProviderGenre[]> {
    return Promise.resolve([]);
  }

  findList(..._: Parameters<MetadataProvider['findList']>): Promise<ProviderList | null> {
    return Promise.resolve(null);
  }

  listChanged(..._: Parameters<MetadataProvider['listChanged']>): Promise<ChangedPage | null> {
    return Promise.resolve(null);
  }
}

export const imageSizes = ['w185', 'w342', 'w500', 'w780', 'w1280'] as const;
export type ImageSize = (typeof imageSizes)[number];

export interface Image {
  bytes: Uint8Array;
  /** image/jpeg, image/png, image/webp or image/avif. */
  contentType: string;
}

/** Pictures of films. Errors: as above, and `ProviderNotFoundError`. */
export interface ImageProvider {
  /** @param file a name matching `imageFilePattern` */
  fetchImage(size: ImageSize, file: string, signal?: AbortSignal): Promise<Image>;
}

/** Names of picture files that are ever asked for: no paths, no queries, no SVG. */
export const imageFilePattern = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}\.(?:jpg|jpeg|png|webp)$/;
