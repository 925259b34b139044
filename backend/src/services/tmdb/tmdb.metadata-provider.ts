import { ProviderNotFoundError, ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import type {
  ChangedPage,
  DiscoverFilter,
  ExternalIds,
  MetadataProvider,
  MovieDetails,
  PersonDetails,
  ProviderFindings,
  ProviderGenre,
  ProviderList,
  ProviderPage,
  ProviderQuery,
  SeasonDetails,
  ShowDetails,
  TitleSummary,
} from '../media/metadata-provider.port.js';
import type { TmdbClient } from './tmdb.client.js';
import { discoverParameters } from './tmdb.discover.js';
import {
  toMovieDetails,
  toMovieSummary,
  toPersonDetails,
  toPersonSummary,
  toSeasonDetails,
  toShowDetails,
  toShowSummary,
  toTitleSummary,
} from './tmdb.mapper.js';
import type { TmdbFinding } from './tmdb.schemas.js';

const pageSize = 20;
/** TMDB pages no further. */
const lastPage = 500;
const listPages = 100;

const rows = [
  { id: 'trending', title: 'Trending this week', kind: 'movie', path: 'trending/movie/week' },
  { id: 'trending-shows', title: 'Series everyone watches', kind: 'tv', path: 'trending/tv/week' },
  { id: 'popular', title: 'Popular', kind: 'movie', path: 'movie/popular' },
  { id: 'popular-shows', title: 'Popular series', kind: 'tv', path: 'tv/popular' },
  { id: 'now-playing', title: 'Now in cinemas', kind: 'movie', path: 'movie/now_playing' },
  { id: 'on-the-air', title: 'New episodes this week', kind: 'tv', path: 'tv/on_the_air' },
  { id: 'top-rated', title: 'Top rated', kind: 'movie', path: 'movie/top_rated' },
  { id: 'top-rated-shows', title: 'Top rated series', kind: 'tv', path: 'tv/top_rated' },
] as const;

/** The catalogue of The Movie Database. */
export class TmdbMetadataProvider implements MetadataProvider {
  readonly catalogue = 'tmdb';
  readonly rows = rows.map(({ id, title }) => ({ id, title }));

  private readonly allowsAdult: boolean;

  /** @param options.allowsAdult lists and finds titles that TMDB marks as adult; off unless given */
  constructor(
    private readonly client: TmdbClient,
    { allowsAdult = false }: { allowsAdult?: boolean } = {},
  ) {
    this.allowsAdult = allowsAdult;
  }

  async listRow(rowId: string, query: ProviderQuery): Promise<TitleSummary[]> {
    const row = rows.find(({ id }) => id === rowId);
    if (!row) return [];
    const { results } = await this.client.listTitles(row.kind, row.path, { ...query, page: 1 });
    return this.shown(results).map(toTitleSummary);
  }

  async search(
    query: ProviderQuery & { text: string; page: number; type?: 'movie' | 'show' },
  ): Promise<ProviderFindings> {
    const { page, type } = query;
    if (page > lastPage) return { items: [], page, pageSize, total: lastPage * pageSize };
    const { results: found, total_results } = await this.searchFor(query, type);
    const results = this.shown(found);
    const people = results.flatMap((row) => (isPerson(row) ? [toPersonSummary(row)] : []));
    const items = results.flatMap((row) => (isPerson(row) ? [] : [toTitleSummary(row)]));
    return { items, people, page, pageSize, total: Math.min(total_results, lastPage * pageSize) };
  }

  async findMovie({ tmdbId, imdbId }: ExternalIds, query: ProviderQuery): Promise<MovieDetails | null> {
    const id = tmdbId ?? (await this.tmdbIdOf(imdbId, 'movie', query));
    if (id === null) return null;
    const found = await orNull(() => this.client.getMovie(id, query));
    return found && this.isShown(found) ? toMovieDetails(found, countryOf(query)) : null;
  }

  async findShow(
    { tmdbId, imdbId }: { tmdbId: number | null; imdbId: string | null },
    query: ProviderQuery,
  ): Promise<ShowDetails | null> {
    const id = tmdbId ?? (await this.tmdbIdOf(imdbId, 'tv', query));
    if (id === null) return null;
    const found = await orNull(() => this.client.getShow(id, query));
    return found && this.isShown(found) ? toShowDetails(found, countryOf(query)) : null;
  }

  findSeason(showTmdbId: number, number: number, query: ProviderQuery): Promise<SeasonDetails | null> {
    return orNull(async () => toSeasonDetails(await this.client.getSeason(showTmdbId, number, query)));
  }

  findPerson(tmdbId: number, query: ProviderQuery): Promise<PersonDetails | null> {
    return orNull(async () => {
      const person = await this.client.getPerson(tmdbId, query);
      const { cast = [], crew = [] } = person.combined_credits ?? {};
      return toPersonDetails({
        ...person,
        combined_credits: { cast: this.shown(cast), crew: this.shown(crew) },
      });
    });
  }

  async discover(filter: DiscoverFilter, query: ProviderQuery): Promise<ProviderPage> {
    const { page } = filter;
    if (page > lastPage) return { items: [], page, pageSize, total: lastPage * pageSize };
    const kind = filter.type === 'movie' ? 'movie' : 'tv';
    const parameters = discoverParameters(filter);
    const found = await this.client.listTitles(kind, `discover/${kind}`, { ...query, page, parameters });
    const total = Math.min(found.total_results, lastPage * pageSize);
    return { items: this.shown(found.results).map(toTitleSummary), page, pageSize, total };
  }

  async listSimilar(type: 'movie' | 'show', tmdbId: number, query: ProviderQuery): Promise<TitleSummary[]> {
    const kind = type === 'movie' ? 'movie' : 'tv';
    const found = await orNull(() =>
      this.client.listTitles(kind, `${kind}/${tmdbId}/recommendations`, { ...query, page: 1 }),
    );
    return this.shown(found?.results ?? []).map(toTitleSummary);
  }

  async listGenres(type: 'movie' | 'show', query: ProviderQuery): Promise<ProviderGenre[]> {
    const { genres } = await this.client.listGenres(type === 'movie' ? 'movie' : 'tv', query);
    return genres.map(({ id, name }) => ({ tmdbId: id, name }));
  }

  async findList(id: string, query: ProviderQuery): Promise<ProviderList | null> {
    const first = await orNull(() => this.client.getList(id, 1, query));
    if (!first) return null;
    // Titles that it counts and does not tell are a hole in the answer: nothing may be emptied for it.
    if (first.items.length === 0 && (first.item_count ?? 0) > 0) {
      const detail = `list ${id} tells none of its ${String(first.item_count)} titles`;
      throw new ProviderUnavailableError({ provider: 'TMDB', fault: 'bad-answer', detail });
    }
    const items = [...first.items];
    const pages = Math.min(first.total_pages ?? 1, listPages);
    for (let page = 2; page <= pages; page += 1) {
      items.push(...(await this.client.getList(id, page, query)).items);
    }
    return {
      name: first.name ?? '',
      description: first.description ?? '',
      items: this.shown(items).map(toTitleSummary),
    };
  }

  async listChanged(
    type: 'movie' | 'show',
    window: { from: string; to: string; page: number },
    query: ProviderQuery,
  ): Promise<ChangedPage> {
    const found = await this.client.listChanges(type === 'movie' ? 'movie' : 'tv', window, query);
    const tmdbIds = [...new Set(found.results.map(({ id }) => id))];
    return { tmdbIds, page: found.page, pages: Math.min(found.total_pages, lastPage) };
  }

  private shown<T extends { adult: boolean }>(rows: readonly T[]): T[] {
    return rows.filter((row) => this.isShown(row));
  }

  private isShown({ adult }: { adult: boolean }): boolean {
    return this.allowsAdult || !adult;
  }

  private async searchFor(
    query: ProviderQuery & { text: string; page: number },
    type: 'movie' | 'show' | undefined,
  ): Promise<{ results: TmdbFinding[]; total_results: number }> {
    if (type === 'movie') return this.client.searchMovies(query);
    if (type === 'show') return this.client.searchShows(query);
    return this.client.searchAll(query);
  }

  private async tmdbIdOf(
    imdbId: string | null,
    kind: 'movie' | 'tv',
    query: ProviderQuery,
  ): Promise<number | null> {
    if (imdbId === null) return null;
    const found = await this.client.findByImdbId(imdbId, query);
    const [first] =
      kind === 'movie' ? found.movie_results.map(toMovieSummary) : found.tv_results.map(toShowSummary);
    return first?.tmdbId ?? null;
  }
}

function isPerson(row: TmdbFinding): row is Extract<TmdbFinding, { media_type: 'person' }> {
  return row.media_type === 'person';
}

function countryOf({ language }: ProviderQuery): string {
  return /-([A-Z]{2})$/.exec(language)?.[1] ?? 'US';
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProviderNotFoundError) return null;
    throw error;
  }
}
