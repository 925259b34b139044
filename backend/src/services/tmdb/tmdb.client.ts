import type { z } from 'zod';
import { withoutTrailingSlashes } from '../../http-client/base-url.js';
import type { HttpClient } from '../../http-client/http-client.js';
import {
  changesSchema,
  configurationSchema,
  findingsSchema,
  findSchema,
  genreListSchema,
  listSchema,
  movieDetailsSchema,
  movieListSchema,
  personSchema,
  seasonSchema,
  showDetailsSchema,
  showListSchema,
  type TmdbMovieDetails,
  type TmdbPerson,
  type TmdbSeason,
  type TmdbShowDetails,
  type TmdbTitleRow,
} from './tmdb.schemas.js';

export interface TmdbConfig {
  /** With or without the `/3` at its end. */
  baseUrl: string;
  /** A v4 read access token, or a v3 key (32 hex digits). */
  token: string;
  /** Whether searches and lists may hold adult titles; they may not unless given. */
  allowsAdult?: boolean;
}

export interface TmdbQuery {
  language: string;
  background?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export type TmdbKind = 'movie' | 'tv';
export type TmdbMovieList = z.infer<typeof movieListSchema>;
export type TmdbTitleList = Omit<TmdbMovieList, 'results'> & { results: TmdbTitleRow[] };
type Parameters = Readonly<Record<string, string | undefined>>;

/** Calls of the TMDB API, version 3. Unless said otherwise `ProviderNotFoundError` means that the id names nothing. */
export class TmdbClient {
  readonly baseUrl: URL;

  constructor(
    private readonly http: HttpClient,
    private readonly config: TmdbConfig,
  ) {
    this.baseUrl = new URL(`${withoutTrailingSlashes(config.baseUrl).replace(/\/3$/, '')}/3/`);
  }

  /** A list of films or series: `trending/movie/week`, `movie/popular`, `discover/tv`, ... @param page 1 to 500 */
  async listTitles(
    kind: TmdbKind,
    path: string,
    { page, parameters, ...query }: TmdbQuery & { page: number; parameters?: Parameters },
  ): Promise<TmdbTitleList> {
    const schema: z.ZodType<TmdbTitleList> = kind === 'movie' ? movieListSchema : showListSchema;
    const { allowsAdult = false } = this.config;
    const adult = path.startsWith('discover/') ? { include_adult: String(allowsAdult) } : {};
    return this.get(path, schema, query, { page: String(page), ...parameters, ...adult });
  }

  async searchMovies(query: TmdbQuery & { text: string; page: number }): Promise<TmdbMovieList> {
    return this.get('search/movie', movieListSchema, query, searchParameters(query, this.config));
  }

  async searchShows(
    query: TmdbQuery & { text: string; page: number },
  ): Promise<z.infer<typeof showListSchema>> {
    return this.get('search/tv', showListSchema, query, searchParameters(query, this.config));
  }

  /** Films, series and people. */
  async searchAll(
    query: TmdbQuery & { text: string; page: number },
  ): Promise<z.infer<typeof findingsSchema>> {
    return this.get('search/multi', findingsSchema, query, searchParameters(query, this.config));
  }

  async getMovie(id: number, query: TmdbQuery): Promise<TmdbMovieDetails> {
    return this.get(`movie/${id}`, movieDetailsSchema, query, {
      append_to_response: 'credits,external_ids,release_dates,videos,alternative_titles,translations',
      include_video_language: videoLanguages(query.language),
    });
  }

  async getShow(id: number, query: TmdbQuery): Promise<TmdbShowDetails> {
    return this.get(`tv/${id}`, showDetailsSchema, query, {
      append_to_response:
        'aggregate_credits,external_ids,content_ratings,videos,alternative_titles,translations',
      include_video_language: videoLanguages(query.language),
    });
  }

  /** @param number 0 for the specials */
  async getSeason(showId: number, number: number, query: TmdbQuery): Promise<TmdbSeason> {
    return this.get(`tv/${showId}/season/${number}`, seasonSchema, query, {});
  }

  async getPerson(id: number, query: TmdbQuery): Promise<TmdbPerson> {
    return this.get(`person/${id}`, personSchema, query, { append_to_response: 'combined_credits' });
  }

  async listGenres(kind: TmdbKind, query: TmdbQuery): Promise<z.infer<typeof genreListSchema>> {
    return this.get(`genre/${kind}/list`, genreListSchema, query, {});
  }

  /** What changed, newest days last; an id may come on several days. @param window at most 14 days, YYYY-MM-DD */
  async listChanges(
    kind: TmdbKind,
    { from, to, page }: { from: string; to: string; page: number },
    query: TmdbQuery,
  ): Promise<z.infer<typeof changesSchema>> {
    const parameters = { start_date: from, end_date: to, page: String(page), language: undefined };
    return this.get(`${kind}/changes`, changesSchema, query, parameters);
  }

  /** A public list, twenty titles a page. */
  async getList(id: string, page: number, query: TmdbQuery): Promise<z.infer<typeof listSchema>> {
    return this.get(`list/${encodeURIComponent(id)}`, listSchema, query, { page: String(page) });
  }

  /** What an IMDb id means; unknown ones mean nothing. */
  async findByImdbId(imdbId: string, query: TmdbQuery): Promise<z.infer<typeof findSchema>> {
    return this.get(`find/${imdbId}`, findSchema, query, { external_source: 'imdb_id' });
  }

  /** Where images live, as TMDB says. */
  async getImageBase(): Promise<URL> {
    const { images } = await this.get('configuration', configurationSchema, {}, {});
    return new URL(images.secure_base_url);
  }

  private async get<T>(
    path: string,
    schema: z.ZodType<T>,
    { language, background, signal }: Partial<TmdbQuery>,
    parameters: Parameters,
  ): Promise<T> {
    const url = new URL(path, this.baseUrl);
    const all: Parameters = { ...parameters, ...('language' in parameters ? {} : { language }) };
    for (const [name, value] of Object.entries(all))
      if (value !== undefined) url.searchParams.set(name, value);
    const lane = background === true ? 'background' : 'user';
    if (!this.hasKey)
      return this.http.getJson(url, schema, {
        headers: { authorization: `Bearer ${this.config.token}` },
        lane,
        signal,
      });
    // A v3 key only works as a parameter. The http client keeps queries out of errors and logs.
    url.searchParams.set('api_key', this.config.token);
    return this.http.getJson(url, schema, { lane, signal });
  }

  private get hasKey(): boolean {
    return /^[0-9a-f]{32}$/i.test(this.config.token);
  }
}

function searchParameters(
  { text, page }: { text: string; page: number },
  { allowsAdult = false }: TmdbConfig,
): Parameters {
  return { query: text, page: String(page), include_adult: String(allowsAdult) };
}

/** Without this only videos of the very language come, and most films have none in most languages. */
function videoLanguages(language: string): string {
  return [...new Set([language.slice(0, 2), 'en', 'null'])].join(',');
}
