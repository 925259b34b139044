import { Source } from '../../entities/source.entity.js';
import { AppError, NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { SourceRepository } from '../../repositories/source.repository.js';
import type { Cache } from '../../utils/cache/cache.js';
import { mergeReleases } from './merge-releases.js';
import {
  type ClientCapabilities,
  compareScored,
  defaultCapabilities,
  type Score,
  scoreRelease,
} from './source-score.js';
import type { FoundRelease, Tracker, WantedMovie } from './tracker.port.js';

export interface SourceServiceOptions {
  /** Those that are on; of two that know a release the earlier one's word counts. */
  trackers: readonly Tracker[];
  sources: SourceRepository;
  cache: Cache;
  logger: Logger;
  /** For each indexer, in milliseconds. */
  deadlineMs?: number;
  now?: () => Date;
}

export type RankedSource = Source & Score;

/** How asking one indexer went. */
export interface IndexerOutcome {
  name: string;
  ok: boolean;
  /** What went wrong, for people; null when nothing did. */
  message: string | null;
}

export interface SourceList {
  /** Best first for the client. */
  items: RankedSource[];
  indexers: IndexerOutcome[];
}

interface Answer {
  tracker: Tracker;
  releases: readonly FoundRelease[];
  /** Really asked just now, not remembered. */
  isNews: boolean;
  error: unknown;
}

/** An indexer that has answered is not asked about the same film again for this long. */
const repeatAfterMs = 10 * 60_000;
/** What no indexer has shown for this long is taken for gone. */
const forgetAfterMs = 30 * 24 * 3_600_000;

/** Releases of films: every indexer is asked, what they say is merged, kept, and ranked for the client. */
export class SourceService {
  private readonly now: () => Date;
  private readonly searches = new Map<string, Promise<IndexerOutcome[]>>();

  constructor(private readonly options: SourceServiceOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /**
   * Releases of the film, best first. It never fails because of an indexer: those that do are named, and what
   * is known from earlier stands in. `signal` ends the wait, not the search, which others may be waiting for.
   */
  async listForMovie(
    movie: WantedMovie & { id: string },
    {
      capabilities = defaultCapabilities,
      signal,
    }: { capabilities?: ClientCapabilities; signal?: AbortSignal } = {},
  ): Promise<SourceList> {
    const indexers = await this.searchOnce(movie);
    signal?.throwIfAborted();
    const stored = await this.options.sources.listForMovie(movie.id);
    const items = stored
      .filter((source) => this.isCurrent(source))
      .map((source) => rank(source, capabilities));
    return { items: items.sort(compareScored), indexers };
  }

  /** Errors: not-found. */
  async getSource(id: string, capabilities: ClientCapabilities = defaultCapabilities): Promise<RankedSource> {
    const source = await this.options.sources.findById(id);
    if (!source) throw new NotFoundError('Source');
    return rank(source, capabilities);
  }

  /** However many ask for a film at the same time, the indexers are asked once. */
  private searchOnce(movie: WantedMovie & { id: string }): Promise<IndexerOutcome[]> {
    const underWay = this.searches.get(movie.id);
    if (underWay) return underWay;
    const search = this.search(movie).finally(() => this.searches.delete(movie.id));
    this.searches.set(movie.id, search);
    return search;
  }

  private async search(movie: WantedMovie & { id: string }): Promise<IndexerOutcome[]> {
    const answers = await Promise.all(this.options.trackers.map((tracker) => this.ask(tracker, movie)));
    if (answers.some(({ isNews }) => isNews)) {
      const heard = answers.map(({ tracker, releases }) => ({ indexer: tracker.name, releases }));
      await this.options.sources.replaceForMovie(movie.id, mergeReleases(heard));
    }
    return answers.map(({ tracker, error }) => ({
      name: tracker.name,
      ok: error === null,
      message: error === null ? null : messageOf(error),
    }));
  }

  private async ask(tracker: Tracker, movie: WantedMovie & { id: string }): Promise<Answer> {
    // The IMDb id may become known later; then the question is another one.
    const key = `source:${tracker.name}:${movie.id}:${movie.imdbId ?? ''}`;
    let isNews = false;
    try {
      const { value } = await this.options.cache.wrap(key, { ttlMs: repeatAfterMs, staleMs: 0 }, async () => {
        const releases = await this.withDeadline(tracker, movie);
        isNews = true;
        return releases;
      });
      return { tracker, releases: value, isNews, error: null };
    } catch (error) {
      this.options.logger.warn(
        { indexer: tracker.name, movieId: movie.id, err: error },
        'an indexer did not answer',
      );
      return { tracker, releases: [], isNews, error };
    }
  }

  /** An adapter is given a signal, but is not trusted to obey it. */
  private async withDeadline(tracker: Tracker, movie: WantedMovie): Promise<FoundRelease[]> {
    const ms = this.options.deadlineMs ?? 6_000;
    const stop = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new AppError(
          'provider-timeout',
          `${tracker.name} did not answer within ${ms / 1000} seconds.`,
        );
        stop.abort(error);
        reject(error);
      }, ms);
    });
    try {
      return await Promise.race([tracker.search(movie, { signal: stop.signal }), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Of an indexer that is on, and seen not too long ago. */
  private isCurrent(source: Source): boolean {
    if (!this.options.trackers.some(({ name }) => name === source.indexer)) return false;
    return this.now().getTime() - source.lastSeenAt.getTime() < forgetAfterMs;
  }
}

function rank(source: Source, capabilities: ClientCapabilities): RankedSource {
  return Object.assign(new Source(), source, scoreRelease(source, capabilities));
}

/** Only messages written for people are shown; anything else is a fault of ours, and in the log. */
function messageOf(error: unknown): string {
  return error instanceof AppError ? error.message : 'Something went wrong while asking it.';
}
