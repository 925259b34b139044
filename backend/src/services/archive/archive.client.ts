import type { z } from 'zod';
import { withoutTrailingSlashes } from '../../http-client/base-url.js';
import type { HttpClient } from '../../http-client/http-client.js';
import { type ArchiveMetadata, archiveMetadataSchema, archiveSearchSchema } from './archive.schemas.js';

const query =
  'mediatype:(movies) AND collection:(feature_films OR silent_films OR moviesandfilms) AND format:("Archive BitTorrent") AND licenseurl:(*publicdomain* OR *creativecommons*)';
const fields = ['identifier', 'title', 'description', 'licenseurl', 'year', 'date', 'creator', 'downloads'];

/** The Internet Archive: what may be watched freely. */
export class ArchiveClient {
  readonly baseUrl: URL;

  constructor(
    private readonly http: HttpClient,
    baseUrl: string,
  ) {
    this.baseUrl = new URL(`${withoutTrailingSlashes(baseUrl)}/`);
  }

  /** Feature films under a free licence, most downloaded first. @param page from 1; about the first 10,000 rows can be had */
  async listFilms(
    page: number,
    { rows, signal }: { rows: number; signal?: AbortSignal | undefined },
  ): Promise<z.infer<typeof archiveSearchSchema>['response']> {
    const url = new URL('advancedsearch.php', this.baseUrl);
    url.searchParams.set('q', query);
    for (const field of fields) url.searchParams.append('fl[]', field);
    url.searchParams.append('sort[]', 'downloads desc');
    url.searchParams.set('rows', String(rows));
    url.searchParams.set('page', String(page));
    url.searchParams.set('output', 'json');
    const { response } = await this.http.getJson(url, archiveSearchSchema, { lane: 'background', signal });
    return response;
  }

  /** An item that is not there is an empty answer. */
  async getItem(identifier: string, { background = false } = {}): Promise<ArchiveMetadata> {
    const url = new URL(`metadata/${encodeURIComponent(identifier)}`, this.baseUrl);
    return this.http.getJson(url, archiveMetadataSchema, { lane: background ? 'background' : 'user' });
  }
}
