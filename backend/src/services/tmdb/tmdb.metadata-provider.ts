import { ProviderNotFoundError } from '../../http-client/http-client.errors.js';
import type {
  ExternalIds,
  MetadataProvider,
  MovieDetails,
  MovieSummary,
  ProviderPage,
  ProviderQuery,
} from '../media/metadata-provider.port.js';
import type { MovieListPath, TmdbClient } from './tmdb.client.js';
import { toMovieDetails, toMovieSummary } from './tmdb.mapper.js';

const pageSize = 20;
/** TMDB pages no further. */
const lastPage = 500;

const rows = [
  { id: 'trending', title: 'Trending this week', path: 'trending/movie/week' },
  { id: 'popular', title: 'Popular', path: 'movie/popular' },
  { id: 'now-playing', title: 'Now in cinemas', path: 'movie/now_playing' },
  { id: 'top-rated', title: 'Top rated', path: 'movie/top_rated' },
] as const satisfies readonly { id: string; title: string; path: MovieListPath }[];

/** The catalogue of The Movie Database. */
export class TmdbMetadataProvider implements MetadataProvider {
  readonly catalogue = 'tmdb';
  readonly rows = rows.map(({ id, title }) => ({ id, title }));

  constructor(private readonly client: TmdbClient) {}

  async listRow(rowId: string, query: ProviderQuery): Promise<MovieSummary[]> {
    const row = rows.find(({ id }) => id === rowId);
    if (!row) return [];
    const list = await this.client.listMovies(row.path, { ...query, page: 1 });
    return list.results.map(toMovieSummary);
  }

  async search(query: ProviderQuery & { text: string; page: number }): Promise<ProviderPage> {
    if (query.page > lastPage) return { items: [], page: query.page, pageSize, total: lastPage * pageSize };
    const list = await this.client.searchMovies(query);
    const total = Math.min(list.total_results, lastPage * pageSize);
    return { items: list.results.map(toMovieSummary), page: query.page, pageSize, total };
  }

  async findMovie({ tmdbId }: ExternalIds, query: ProviderQuery): Promise<MovieDetails | null> {
    if (tmdbId === null) return null;
    const country = /-([A-Z]{2})$/.exec(query.language)?.[1] ?? 'US';
    try {
      return toMovieDetails(await this.client.getMovie(tmdbId, query), country);
    } catch (error) {
      if (error instanceof ProviderNotFoundError) return null;
      throw error;
    }
  }
}
