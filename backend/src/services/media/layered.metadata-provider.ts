import type { TitleType } from '../../entities/title.entity.js';
import type {
  ChangedPage,
  DiscoverFilter,
  ExternalIds,
  HomeRow,
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
} from './metadata-provider.port.js';

/** One catalogue over several: the first speaks for all; a film that it does not know is asked of the others. */
export class LayeredMetadataProvider implements MetadataProvider {
  readonly catalogue: MetadataProvider['catalogue'];
  readonly rows: readonly HomeRow[];

  constructor(
    private readonly first: MetadataProvider,
    private readonly others: readonly MetadataProvider[],
  ) {
    this.catalogue = first.catalogue;
    this.rows = first.rows;
  }

  listRow(rowId: string, query: ProviderQuery): Promise<TitleSummary[]> {
    return this.first.listRow(rowId, query);
  }

  search(query: ProviderQuery & { text: string; page: number; type?: TitleType }): Promise<ProviderFindings> {
    return this.first.search(query);
  }

  async findMovie(ids: ExternalIds, query: ProviderQuery): Promise<MovieDetails | null> {
    for (const provider of [this.first, ...this.others]) {
      const found = await provider.findMovie(ids, query);
      if (found) return found;
    }
    return null;
  }

  findShow(
    ids: { tmdbId: number | null; imdbId: string | null },
    query: ProviderQuery,
  ): Promise<ShowDetails | null> {
    return this.first.findShow(ids, query);
  }

  findSeason(showTmdbId: number, number: number, query: ProviderQuery): Promise<SeasonDetails | null> {
    return this.first.findSeason(showTmdbId, number, query);
  }

  findPerson(tmdbId: number, query: ProviderQuery): Promise<PersonDetails | null> {
    return this.first.findPerson(tmdbId, query);
  }

  discover(filter: DiscoverFilter, query: ProviderQuery): Promise<ProviderPage | null> {
    return this.first.discover(filter, query);
  }

  listSimilar(type: TitleType, tmdbId: number, query: ProviderQuery): Promise<TitleSummary[]> {
    return this.first.listSimilar(type, tmdbId, query);
  }

  listGenres(type: TitleType, query: ProviderQuery): Promise<ProviderGenre[]> {
    return this.first.listGenres(type, query);
  }

  findList(id: string, query: ProviderQuery): Promise<ProviderList | null> {
    return this.first.findList(id, query);
  }

  listChanged(
    type: TitleType,
    window: { from: string; to: string; page: number },
    query: ProviderQuery,
  ): Promise<ChangedPage | null> {
    return this.first.listChanged(type, window, query);
  }
}
