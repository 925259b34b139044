import type { z } from 'zod';
import type { HttpClient } from '../../http-client/http-client.js';
import {
  configurationSchema,
  movieDetailsSchema,
  movieListSchema,
  type TmdbMovieDetails,
} from './tmdb.schemas.js';

export interface TmdbConfig {
  /** With or without the `/3` at its end. */
  baseUrl: string;
  /** A v4 read access token, or a v3 key (32 hex digits). */
  token: string;
}

export interface TmdbQuery {
  language: string;
  signal?: AbortSignal | undefined;
}

export type TmdbMovieList = z.infer<typeof movieListSchema>;
export type MovieListPath = 'trending/movie/week' | 'movie/popular' | 'movie/top_rated' | 'movie/now_playing';

/** Calls of the TMDB API, version 3. */
export class TmdbClient {
  readonly baseUrl: URL;

  constructor(
    private readonly http: HttpClient,
    private readonly config: TmdbConfig,
  ) {
    this.baseUrl = new URL(`${config.baseUrl.replace(/\/+$/, '').replace(/\/3$/, '')}/3/`);
  }

  /** A list of films. @param page 1 to 500 */
  async listMovies(
    path: MovieListPath,
    { page, ...query }: TmdbQuery & { page: number },
  ): Promise<TmdbMovieList> {
    return this.get(path, movieListSchema, query, { page: String(page), language: query.language });
  }

  async searchMovies({
    text,
    page,
    ...query
  }: TmdbQuery & { text: string; page: number }): Promise<TmdbMovieList> {
    const parameters = { query: text, page: String(page), language: query.language, include_adult: 'false' };
    return this.get('search/movie', movieListSchema, query, parameters);
  }

  /** `ProviderNotFoundError` when the id names nothing (any more). */
  async getMovie(id: number, query: TmdbQuery): Promise<TmdbMovieDetails> {
    const parameters = { language: query.language, append_to_response: 'credits,external_ids,release_dates' };
    return this.get(`movie/${id}`, movieDetailsSchema, query, parameters);
  }

  /** Where images live, as TMDB says. */
  async getImageBase(): Promise<URL> {
    const { images } = await this.get('configuration', configurationSchema, {}, {});
    return new URL(images.secure_base_url);
  }

  private async get<T>(
    path: string,
    schema: z.ZodType<T>,
    { signal }: { signal?: AbortSignal | undefined },
    parameters: Record<string, string>,
  ): Promise<T> {
    const url = new URL(path, this.baseUrl);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    if (!this.hasKey)
      return this.http.getJson(url, schema, {
        headers: { authorization: `Bearer ${this.config.token}` },
        signal,
      });
    // A v3 key only works as a parameter. The http client keeps queries out of errors and logs.
    url.searchParams.set('api_key', this.config.token);
    return this.http.getJson(url, schema, { signal });
  }

  private get hasKey(): boolean {
    return /^[0-9a-f]{32}$/i.test(this.config.token);
  }
}
