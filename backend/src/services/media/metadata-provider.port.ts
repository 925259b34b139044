// What the catalogue needs of a place that knows films. Unknown is null, an empty text or an empty list, never a guess.

/** What outsiders call a film. */
export interface ExternalIds {
  tmdbId: number | null;
  /** `tt` and digits. */
  imdbId: string | null;
  /** Name in the built-in list of open films. */
  openFilmId: string | null;
}

/** What a row of a list tells of a film. */
export interface MovieSummary extends ExternalIds {
  title: string;
  originalTitle: string;
  /** ISO 639-1. */
  originalLanguage: string | null;
  year: number | null;
  /** YYYY-MM-DD. */
  releaseDate: string | null;
  overview: string;
  /** `/<file>`, to be asked of the image port. */
  posterPath: string | null;
  backdropPath: string | null;
  /** 0 to 10. */
  rating: number | null;
  voteCount: number;
}

export interface MovieDetails extends MovieSummary {
  tagline: string;
  runtimeSeconds: number | null;
  certification: string | null;
  genres: string[];
  directors: string[];
  cast: { name: string; character: string }[];
}

export interface ProviderQuery {
  /** BCP 47: `en-US`, `it`. */
  language: string;
  signal?: AbortSignal | undefined;
}

export interface ProviderPage {
  items: MovieSummary[];
  page: number;
  pageSize: number;
  /** How many the provider can page through. */
  total: number;
}

export interface HomeRow {
  id: string;
  title: string;
}

/**
 * A catalogue of films. Errors of every call: `ProviderUnavailableError`, `ProviderTimeoutError`.
 * Entries that make no sense are left out; they never spoil the rest of an answer.
 */
export interface MetadataProvider {
  readonly catalogue: 'tmdb' | 'open-films';
  /** Rows of the home page, in the order to show. */
  readonly rows: readonly HomeRow[];
  listRow(rowId: string, query: ProviderQuery): Promise<MovieSummary[]>;
  /** @param query.page from 1; past the end it has no items */
  search(query: ProviderQuery & { text: string; page: number }): Promise<ProviderPage>;
  /** Null when the provider does not know the film. */
  findMovie(ids: ExternalIds, query: ProviderQuery): Promise<MovieDetails | null>;
}

export const imageSizes = ['w185', 'w342', 'w500', 'w780', 'w1280'] as const;
export type ImageSize = (typeof imageSizes)[number];

export interface Image {
  bytes: Uint8Array;
  /** image/jpeg, image/png or image/webp. */
  contentType: string;
}

/** Pictures of films. Errors: as above, and `ProviderNotFoundError`. */
export interface ImageProvider {
  /** @param file a name matching `imageFilePattern` */
  fetchImage(size: ImageSize, file: string, signal?: AbortSignal): Promise<Image>;
}

/** Names of picture files that are ever asked for: no paths, no queries, no SVG. */
export const imageFilePattern = /^[A-Za-z0-9_-]{1,64}\.(?:jpg|jpeg|png|webp)$/;
