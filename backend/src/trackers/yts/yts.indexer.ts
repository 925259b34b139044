import { withoutTrailingSlashes } from '../../http-client/base-url.js';
import { ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import type {
  FoundRelease,
  Indexer,
  IndexerKind,
  IndexerTools,
  ProviderHttp,
  WantedTitle,
} from '../../services/source/indexer.port.js';
import { downloadTorrent } from '../download.js';
import { toReleases } from './yts.mapper.js';
import { ytsListSchema } from './yts.schemas.js';

export interface YtsMirror {
  /** Up to and without `/list_movies.json`. */
  baseUrl: string;
  /** One per mirror, so that each has a circuit breaker of its own. */
  http: ProviderHttp;
}

export interface YtsOptions {
  name: string;
  mirrors: readonly YtsMirror[];
  tools: IndexerTools;
  /** Milliseconds; only differences count. */
  now?: () => number;
}

/** For all mirrors together, in milliseconds; below the deadline the source service gives an indexer. */
const totalMs = 5_500;
/** A mirror that failed is asked last for this long; then the operator's order holds again. */
const setAsideMs = 60_000;

/**
 * A YTS-compatible API (version 2). Its mirrors hold the same and are asked in the operator's order; one that failed
 * stands back for a minute and is then asked first again, where it stands first.
 */
export class YtsIndexer implements Indexer {
  readonly name: string;
  private readonly failedAt = new Map<YtsMirror, number>();
  private readonly now: () => number;

  constructor(private readonly options: YtsOptions) {
    this.name = options.name;
    this.now = options.now ?? Date.now;
  }

  search(title: WantedTitle, { signal }: { signal: AbortSignal }): Promise<FoundRelease[]> {
    signal.throwIfAborted();
    // The API knows films only.
    if (title.episode) return Promise.resolve([]);
    return this.first((mirror) => this.ask(mirror, title, signal), signal);
  }

  async test({ signal }: { signal: AbortSignal }): Promise<string> {
    const film = {
      imdbId: null,
      tmdbId: null,
      title: 'Sintel',
      originalTitle: 'Sintel',
      year: 2010,
      runtimeSeconds: null,
    };
    const outcomes = await Promise.allSettled(
      this.options.mirrors.map((mirror) => this.ask(mirror, film, signal)),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    const well = outcomes.filter(({ status }) => status === 'fulfilled').length;
    if (well === 0) throw failed?.reason ?? this.noMirror();
    return `${well} of ${outcomes.length} ${outcomes.length === 1 ? 'address answers' : 'addresses answer'}`;
  }

  download(torrentUrl: string, { signal }: { signal: AbortSignal }): Promise<Uint8Array | null> {
    const trusted = this.options.mirrors.map(({ baseUrl }) => new URL(baseUrl).origin);
    return downloadTorrent(this.options.tools, { provider: this.name, link: torrentUrl, trusted, signal });
  }

  private async first<T>(ask: (mirror: YtsMirror) => Promise<T>, signal: AbortSignal): Promise<T> {
    let failure: unknown = this.noMirror();
    for (const mirror of this.inOrder()) {
      signal.throwIfAborted();
      try {
        const answer = await ask(mirror);
        this.failedAt.delete(mirror);
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        this.failedAt.set(mirror, this.now());
        failure = error;
      }
    }
    throw failure;
  }

  private inOrder(): YtsMirror[] {
    const isAside = (mirror: YtsMirror) => this.now() - (this.failedAt.get(mirror) ?? -Infinity) < setAsideMs;
    return [...this.options.mirrors].sort((a, b) => Number(isAside(a)) - Number(isAside(b)));
  }

  private async ask(
    { baseUrl, http }: YtsMirror,
    title: WantedTitle,
    signal: AbortSignal,
  ): Promise<FoundRelease[]> {
    const url = new URL(`${withoutTrailingSlashes(baseUrl)}/list_movies.json`);
    url.searchParams.set('query_term', title.imdbId ?? title.title);
    url.searchParams.set('limit', '20');
    const timeoutMs = totalMs / this.options.mirrors.length;
    const { data } = await http.getJson(url, ytsListSchema, { signal, timeoutMs });
    return toReleases(data.movies, title, url);
  }

  private noMirror(): ProviderUnavailableError {
    return new ProviderUnavailableError({
      provider: this.name,
      fault: 'unreachable',
      detail: 'no mirror configured',
    });
  }
}

export const yts: IndexerKind = {
  kind: 'yts',
  label: 'YTS-compatible',
  takes: { urls: 'several', apiKey: false },
  create: ({ name, urls }, tools) =>
    new YtsIndexer({
      name,
      tools,
      mirrors: urls.map((baseUrl) => ({ baseUrl, http: tools.createHttp(name) })),
    }),
};
