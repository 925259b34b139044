import { withoutTrailingSlashes } from '../../http-client/base-url.js';
import type {
  FoundRelease,
  Indexer,
  IndexerKind,
  IndexerTools,
  ProviderHttp,
  WantedTitle,
} from '../../services/source/indexer.port.js';
import { downloadTorrent } from '../download.js';
import { toRelease } from './internet-archive.mapper.js';
import { archiveItemSchema, archiveSearchSchema } from './internet-archive.schemas.js';

const defaultUrl = 'https://archive.org';
/** Items looked at for one film: those most often fetched. */
const mostItems = 3;

/** Films at the Internet Archive that carry a free licence. Their torrents live by web seeds. */
export class InternetArchiveIndexer implements Indexer {
  private readonly http: ProviderHttp;
  private readonly baseUrl: string;

  constructor(
    readonly name: string,
    baseUrl: string,
    private readonly tools: IndexerTools,
  ) {
    this.baseUrl = withoutTrailingSlashes(baseUrl);
    this.http = tools.createHttp(name);
  }

  async search(title: WantedTitle, { signal }: { signal: AbortSignal }): Promise<FoundRelease[]> {
    signal.throwIfAborted();
    if (title.episode) return [];
    const identifiers = title.archiveId ? [title.archiveId] : await this.find(title, signal);
    const releases: FoundRelease[] = [];
    // One after the other: the Archive asks for few requests at a time.
    for (const identifier of identifiers) {
      const item = await this.http.getJson(
        new URL(`${this.baseUrl}/metadata/${encodeURIComponent(identifier)}`),
        archiveItemSchema,
        { signal },
      );
      const release = toRelease(item, this.baseUrl);
      if (release) releases.push(release);
    }
    return [...new Map(releases.map((release) => [release.infoHash, release])).values()];
  }

  async test({ signal }: { signal: AbortSignal }): Promise<string> {
    await this.find({ title: 'Sintel', year: 2010 }, signal);
    return 'Answers';
  }

  download(torrentUrl: string, { signal }: { signal: AbortSignal }): Promise<Uint8Array | null> {
    const trusted = [new URL(this.baseUrl).origin];
    return downloadTorrent(this.tools, { provider: this.name, link: torrentUrl, trusted, signal });
  }

  private async find(
    { title, year }: Pick<WantedTitle, 'title' | 'year'>,
    signal: AbortSignal,
  ): Promise<string[]> {
    const url = new URL(`${this.baseUrl}/advancedsearch.php`);
    const named = `title:("${title.replaceAll(/["\\]/g, ' ').slice(0, 120)}")`;
    const years = year === null ? '' : ` AND year:[${year - 1} TO ${year + 1}]`;
    url.searchParams.set(
      'q',
      `${named}${years} AND mediatype:(movies) AND format:("Archive BitTorrent") AND licenseurl:(*publicdomain* OR *creativecommons*)`,
    );
    for (const field of ['identifier', 'title', 'year', 'licenseurl']) url.searchParams.append('fl[]', field);
    url.searchParams.set('sort[]', 'downloads desc');
    url.searchParams.set('rows', '10');
    url.searchParams.set('page', '1');
    url.searchParams.set('output', 'json');
    const { response } = await this.http.getJson(url, archiveSearchSchema, { signal });
    return response.docs.slice(0, mostItems).map(({ identifier }) => identifier);
  }
}

export const internetArchive: IndexerKind = {
  kind: 'internet-archive',
  label: 'Internet Archive',
  takes: { urls: 0, apiKey: false },
  builtIn: { enabled: true },
  whenOff: ({ archiveId }) =>
    archiveId === null || archiveId === undefined
      ? null
      : 'The Internet Archive has this film, but is not asked: an administrator has switched it off.',
  create: ({ name, urls }, tools) => new InternetArchiveIndexer(name, urls[0] ?? defaultUrl, tools),
};
