import { ProviderUnavailableError } from '../../http-client/http-client.errors.js';
import type { HttpClient } from '../../http-client/http-client.js';
import type { FoundRelease, Tracker, WantedMovie } from '../../services/source/tracker.port.js';
import { toReleases } from './yts.mapper.js';
import { ytsListSchema } from './yts.schemas.js';

export interface YtsMirror {
  /** Up to and without `/list_movies.json`. */
  baseUrl: string;
  /** One per mirror, so that each has a circuit breaker of its own. */
  http: HttpClient;
}

/** For all mirrors together, in milliseconds; below the deadline the source service gives an indexer. */
const totalMs = 5_500;

/** A YTS-compatible API (version 2). Its mirrors hold the same; the one that answered last is asked first. */
export class YtsTracker implements Tracker {
  readonly name = 'YTS';
  private lastGood = 0;

  constructor(private readonly mirrors: readonly YtsMirror[]) {}

  async search(movie: WantedMovie, { signal }: { signal: AbortSignal }): Promise<FoundRelease[]> {
    let failure: unknown = new ProviderUnavailableError({
      provider: this.name,
      fault: 'unreachable',
      detail: 'no mirror configured',
    });
    for (const [index, mirror] of this.inOrder()) {
      signal.throwIfAborted();
      try {
        const releases = await this.ask(mirror, movie, signal);
        this.lastGood = index;
        return releases;
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    throw failure;
  }

  private inOrder(): [number, YtsMirror][] {
    const entries = [...this.mirrors.entries()];
    return entries.sort(([a], [b]) => Number(b === this.lastGood) - Number(a === this.lastGood) || a - b);
  }

  private async ask(
    { baseUrl, http }: YtsMirror,
    movie: WantedMovie,
    signal: AbortSignal,
  ): Promise<FoundRelease[]> {
    const url = new URL(`${baseUrl.replace(/\/+$/, '')}/list_movies.json`);
    url.searchParams.set('query_term', movie.imdbId ?? movie.title);
    url.searchParams.set('limit', '20');
    const timeoutMs = totalMs / this.mirrors.length;
    const { data } = await http.getJson(url, ytsListSchema, { signal, timeoutMs });
    return toReleases(data.movies, movie, url);
  }
}
