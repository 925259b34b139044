import {
  type ExternalIds,
  type MovieDetails,
  type ProviderFindings,
  type ProviderQuery,
  type TitleSummary,
  UnknowingMetadataProvider,
} from '../media/metadata-provider.port.js';
import type { ArchiveClient } from './archive.client.js';
import { toArchiveDetails } from './archive.mapper.js';

/**
 * Films of the Internet Archive. Lists and searches are answered from what the sync has stored, for the Archive asks
 * for a request or two at a time; only a film's own page is asked for.
 */
export class ArchiveMetadataProvider extends UnknowingMetadataProvider {
  readonly catalogue = 'open-films';
  readonly rows = [];

  constructor(private readonly client: ArchiveClient) {
    super();
  }

  listRow(): Promise<TitleSummary[]> {
    return Promise.resolve([]);
  }

  search({ page }: { page: number }): Promise<ProviderFindings> {
    return Promise.resolve({ items: [], page, pageSize: 20, total: 0 });
  }

  async findMovie(
    { archiveId }: ExternalIds,
    { background = false }: ProviderQuery,
  ): Promise<MovieDetails | null> {
    if (archiveId === null || archiveId === undefined) return null;
    return toArchiveDetails(await this.client.getItem(archiveId, { background }));
  }
}
