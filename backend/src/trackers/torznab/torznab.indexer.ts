import { withoutTrailingSlashes } from '../../http-client/base-url.js';
import { ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import type {
  FoundRelease,
  Indexer,
  IndexerKind,
  IndexerSettings,
  IndexerTools,
  ProviderHttp,
  WantedTitle,
} from '../../services/source/indexer.port.js';
import { parseMagnet } from '../../services/torrent/magnet.js';
import { parseTorrentFile } from '../../services/torrent/torrent-file.js';
import { readCapabilities, type TorznabCapabilities } from './torznab.capabilities.js';
import { toRelease, type UnhashedRelease, withKey } from './torznab.mapper.js';
import { queriesFor, type TorznabQuery } from './torznab.query.js';
import { parseTorznab, type TorznabItem } from './torznab.xml.js';

/** The servers behind a Torznab server are asked live. Milliseconds. */
const timeoutMs = 20_000;
const maxFeedBytes = 8 * 1024 * 1024;
const capabilitiesAgeMs = 12 * 3_600_000;
/** Links followed in one search to learn info-hashes, and at the same time. */
const mostFollowed = 10;
const followedAtOnce = 4;
const feedTypes = ['application/rss+xml', 'application/xml', 'text/xml', 'application/atom+xml'];

/** A Torznab server: Jackett, Prowlarr, or an indexer of its own. */
export class TorznabIndexer implements Indexer {
  readonly name: string;
  private readonly endpoint: URL;
  private readonly http: ProviderHttp;
  private known: { capabilities: TorznabCapabilities; at: number } | null = null;

  constructor(
    private readonly settings: IndexerSettings,
    private readonly tools: IndexerTools,
    private readonly now: () => number = Date.now,
  ) {
    this.name = settings.name;
    this.endpoint = endpointOf(settings.urls[0] ?? '');
    this.http = tools.createHttp(settings.name, { answerMs: timeoutMs });
  }

  async search(title: WantedTitle, { signal }: { signal: AbortSignal }): Promise<FoundRelease[]> {
    signal.throwIfAborted();
    const capabilities = await this.capabilities(signal);
    const queries = queriesFor(title, capabilities, this.settings.categories);
    const items = new Map<string, TorznabItem>();
    for (const [index, query] of queries.entries()) {
      // Text is the fallback of ids; an episode's two questions are both asked.
      if (items.size > 0 && (!title.episode || index > 1)) break;
      for (const item of await this.feed(query, signal))
        items.set(item.guid ?? item.link ?? item.title, item);
    }
    return this.releasesOf([...items.values()], signal);
  }

  async test({ signal }: { signal: AbortSignal }): Promise<string> {
    this.known = null;
    const { movie, tvsearch } = await this.capabilities(signal);
    // Capabilities are told without a key; a search is not.
    await this.feed({ t: 'search', q: 'sintel' }, signal);
    const ids = (params: ReadonlySet<string> | null) =>
      [...(params ?? [])].filter((name) => name.endsWith('id'));
    const by = [...new Set([...ids(movie), ...ids(tvsearch)])];
    return by.length > 0 ? `Answers, and searches by ${by.join(', ')}` : 'Answers, and searches by text';
  }

  async download(torrentUrl: string, { signal }: { signal: AbortSignal }): Promise<Uint8Array | null> {
    const found = await this.follow(torrentUrl, signal);
    return found.kind === 'file' ? found.bytes : null;
  }

  private async releasesOf(items: readonly TorznabItem[], signal: AbortSignal): Promise<FoundRelease[]> {
    const mapped = items.flatMap((item) => toRelease(item, this.settings.apiKey) ?? []);
    const hashed = mapped.flatMap((item) => (item.kind === 'release' ? [item.release] : []));
    const queue = mapped.flatMap((item) => (item.kind === 'unhashed' ? [item] : [])).slice(0, mostFollowed);
    const learn = async (): Promise<FoundRelease[]> => {
      const learnt: FoundRelease[] = [];
      for (let next = queue.shift(); next; next = queue.shift())
        learnt.push(...(await this.learnHash(next, signal)));
      return learnt;
    };
    const learnt = await Promise.all(Array.from({ length: followedAtOnce }, learn));
    const releases = [...hashed, ...learnt.flat()];
    return [...new Map(releases.map((release) => [release.infoHash, release])).values()];
  }

  /** A release that cannot be fetched is left out, not the answer. */
  private async learnHash({ release, link }: UnhashedRelease, signal: AbortSignal): Promise<FoundRelease[]> {
    try {
      const found = await this.follow(link, signal);
      const { infoHash, announce } =
        found.kind === 'magnet' ? parseMagnet(found.magnet) : parseTorrentFile(found.bytes);
      return [{ ...release, infoHash, announce: [...new Set([...release.announce, ...announce])] }];
    } catch {
      signal.throwIfAborted();
      return [];
    }
  }

  private follow(link: string, signal: AbortSignal) {
    const url = new URL(withKey(link, this.settings.apiKey));
    // The key goes to the server it belongs to, and nowhere else.
    const isOwn = url.origin === this.endpoint.origin;
    return this.tools.downloads.fetch(isOwn ? url : new URL(link), {
      provider: this.name,
      trusted: [this.endpoint.origin],
      signal,
    });
  }

  private async capabilities(signal: AbortSignal): Promise<TorznabCapabilities> {
    if (this.known && this.now() - this.known.at < capabilitiesAgeMs) return this.known.capabilities;
    const answer = await this.get({ t: 'caps' }, signal);
    if (answer.kind !== 'caps') throw this.bad('no capabilities');
    const capabilities = readCapabilities(answer.searching);
    this.known = { capabilities, at: this.now() };
    return capabilities;
  }

  private async feed(query: TorznabQuery, signal: AbortSignal): Promise<TorznabItem[]> {
    const answer = await this.get({ ...query, limit: '100' }, signal);
    if (answer.kind !== 'feed') throw this.bad('no feed');
    return answer.items;
  }

  private async get(query: TorznabQuery, signal: AbortSignal) {
    const url = new URL(this.endpoint);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (this.settings.apiKey !== null) url.searchParams.set('apikey', this.settings.apiKey);
    const { bytes } = await this.http.getBytes(url, {
      contentTypes: feedTypes,
      maxBytes: maxFeedBytes,
      signal,
      timeoutMs,
    });
    const answer = await parseTorznab(bytes, signal);
    // Errors come with status 200 too.
    if (answer.kind === 'error') throw this.told(answer.code, answer.description);
    return answer;
  }

  private told(code: number, description: string): ProviderUnavailableError {
    const isLimit = code === 429 || /limit (?:of|reached)|too many/i.test(description);
    const fault = isLimit ? 'rate-limited' : code >= 100 && code < 200 ? 'refused' : 'server-error';
    return new ProviderUnavailableError({ provider: this.name, fault, detail: `error ${code}` });
  }

  private bad(detail: string): ProviderUnavailableError {
    return new ProviderUnavailableError({ provider: this.name, fault: 'bad-answer', detail });
  }
}

/** People paste addresses with and without the last part, and with a key. */
function endpointOf(address: string): URL {
  const url = new URL(address);
  url.search = '';
  url.hash = '';
  const path = withoutTrailingSlashes(url.pathname);
  url.pathname = /\/(?:api|newznab)$/.test(path) ? path : `${path}/api`;
  return url;
}

export const torznab: IndexerKind = {
  kind: 'torznab',
  label: 'Torznab (Jackett, Prowlarr)',
  takes: { urls: 1, apiKey: true },
  create: (settings, tools) => new TorznabIndexer(settings, tools),
};
