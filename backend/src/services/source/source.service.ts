import { Source } from '../../entities/source.entity.js';
import { SourceSearch } from '../../entities/source-search.entity.js';
import { NotFoundError } from '../../errors/app-error.js';
import type { Logger } from '../../logging/logger.js';
import type { SourceRepository, TitleKey } from '../../repositories/source.repository.js';
import type { SourceSearchRepository } from '../../repositories/source-search.repository.js';
import type { Cache } from '../../utils/cache/cache.js';
import { cacheKeys, titleTag } from '../../utils/cache/cache-key.js';
import { judgeRelease } from './identity/judge-release.js';
import type { FoundRelease, WantedTitle } from './indexer.port.js';
import { type IndexedRelease, mergeReleases } from './merge-releases.js';
import { ReleaseNames } from './release-names.js';
import { searchAgainAfterMs } from './search-schedule.js';
import { anyViewer, compareScored, type Score, scoreRelease, type Viewer } from './source-score.js';
import {
  type ConnectedIndexer,
  type IndexerOutcome,
  type RefusedRelease,
  type SearchState,
  searchWithin,
  type TakenIn,
  TitleSearch,
} from './title-search.js';

/** The film or episode whose sources are asked for, as the catalogue has it. A `Movie` is one. */
export interface SourceTitle extends WantedTitle {
  id: string;
  releaseDate?: string | null;
  originalLanguage?: string | null;
}

/** The indexers there are, as `services/indexers` keeps them. */
export interface IndexerDirectory {
  /** Those that are on; of two that know a release the earlier one's word counts. */
  listEnabled(): Promise<readonly ConnectedIndexer[]>;
  /** What people should know of those that are off, as far as it concerns the title. */
  notesOnOff(title: WantedTitle): Promise<readonly string[]>;
  /** Told how each search went. */
  note(id: string, run: { error: unknown; ms: number; results: number }): void;
}

/** Whose .torrent files are kept already. */
export interface DescribedTorrents {
  describedAmong(infoHashes: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface SourceServiceOptions {
  indexers: IndexerDirectory;
  sources: SourceRepository;
  searches: SourceSearchRepository;
  described: DescribedTorrents;
  cache: Cache;
  logger: Logger;
  /** Whether people keep the title in a list; nobody does unless given. */
  isListed?: (titleId: string) => Promise<boolean>;
  /** Told of what is looked at: the best few, best first. */
  onViewed?: (title: SourceTitle, best: readonly RankedSource[]) => void;
  now?: () => Date;
}

export type RankedSource = Source & Score;

export interface SourceList {
  /** Best first for the viewer. */
  items: RankedSource[];
  indexers: IndexerOutcome[];
  /** What was found and is not offered, and why. */
  refused: RefusedRelease[];
  /** Sentences for people: who could have it and is not asked. */
  notes: readonly string[];
  /** False while indexers are still being asked. */
  isDone: boolean;
}

export interface ListOptions {
  viewer?: Viewer;
  signal?: AbortSignal;
  /** With something to show, how long slow indexers are waited for. Milliseconds; all of them unless told. */
  patienceMs?: number;
}

/** An indexer that has answered is not asked about the same title again for this long. */
const repeatAfterMs = 10 * 60_000;
/** What no indexer has shown for this long is taken for gone. */
export const forgetAfterMs = 30 * 24 * 3_600_000;
/** Counts from trackers are nearer to the truth than an indexer's for this long. */
const trustCountsMs = 6 * 3_600_000;
const mostListed = 200;

/** Releases of titles: every indexer is asked, what they say is checked, merged, kept, and ranked for the viewer. */
export class SourceService {
  private readonly now: () => Date;
  private readonly searches = new Map<string, Promise<TitleSearch>>();
  private readonly names = new ReleaseNames();

  constructor(private readonly options: SourceServiceOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /**
   * Sources of the title, best first, when everyone has answered or `patienceMs` is over. It never fails because of an
   * indexer: those that do are named, and what is known from earlier stands in. `signal` ends the wait, not the search,
   * which others may be waiting for.
   */
  async list(
    title: SourceTitle,
    { viewer = anyViewer, signal, patienceMs }: ListOptions = {},
  ): Promise<SourceList> {
    const search = await this.search(title);
    const timer = patienceMs === undefined ? null : AbortSignal.timeout(patienceMs);
    const waits = [signal, timer].filter((one) => one !== null && one !== undefined);
    try {
      for await (const { isDone } of search.states(AbortSignal.any(waits))) if (isDone) break;
    } catch (error) {
      signal?.throwIfAborted();
      if (!timer?.aborted) throw error;
      // Without anything to show there is no point in haste.
      if (search.current.sources.length === 0) await search.done;
    }
    signal?.throwIfAborted();
    return this.present(title, search.current, viewer);
  }

  /** The same as it grows: at once what is known, then again with each indexer's answer. Ends when all have answered. */
  async *watch(
    title: SourceTitle,
    { viewer = anyViewer, signal }: ListOptions = {},
  ): AsyncGenerator<SourceList> {
    const search = await this.search(title);
    let last: SourceList | null = null;
    for await (const state of search.states(signal)) {
      last = await this.present(title, state, viewer);
      yield last;
    }
    await this.noteView(title);
    if (last) this.options.onViewed?.(title, last.items.slice(0, 5));
  }

  /** Errors: not-found. */
  async getSource(id: string, viewer: Viewer = anyViewer): Promise<RankedSource> {
    const source = await this.options.sources.findById(id);
    if (!source) throw new NotFoundError('Source');
    const described = await this.options.described.describedAmong([source.infoHash]);
    return this.rank(source, { runtimeSeconds: null, originalLanguage: null }, viewer, described);
  }

  /** Searches again, whether or not anybody looks; settles when all have answered. */
  async refresh(title: SourceTitle): Promise<void> {
    await (await this.search(title)).done;
  }

  /** However many ask for a title at the same time, the indexers are asked once. */
  private async search(title: SourceTitle): Promise<TitleSearch> {
    const key = `${title.id}:${title.imdbId ?? ''}`;
    const underWay = this.searches.get(key);
    if (underWay) return underWay;
    const begun = this.begin(title);
    this.searches.set(key, begun);
    const forget = () => this.searches.delete(key);
    begun.then((search) => search.done.then(forget, forget), forget);
    return begun;
  }

  private async begin(title: SourceTitle): Promise<TitleSearch> {
    const { sources, indexers } = this.options;
    const key = keyOf(title);
    const [enabled, stored] = await Promise.all([indexers.listEnabled(), sources.listFor(key)]);
    const heard = new Map<string, readonly FoundRelease[]>();
    const search = new TitleSearch({
      title,
      indexers: enabled,
      stored,
      ask: (from) =>
        this.ask(from, title, (accepted) => {
          heard.set(from.indexer.name, accepted);
          const merged = mergeReleases(
            enabled.map(({ indexer: { name } }) => ({ indexer: name, releases: heard.get(name) ?? [] })),
          );
          return sources.takeIn(key, merged.map(toFacts), trustCountsMs);
        }),
      failed: (from, error, ms) => {
        indexers.note(from.id, { error, ms, results: 0 });
        this.options.logger.warn(
          { indexer: from.indexer.name, titleId: title.id, err: error },
          'an indexer did not answer',
        );
      },
      now: () => performance.now(),
    });
    void search.done.then(() => this.noteSearch(title, search.current));
    return search;
  }

  /** One that answered a short while ago is not asked again; one that failed is. */
  private async ask(
    from: ConnectedIndexer,
    title: SourceTitle,
    takeIn: (accepted: readonly FoundRelease[]) => Promise<readonly Source[]>,
  ): Promise<TakenIn> {
    const news: Pick<TakenIn, 'sources' | 'ms'> = { sources: null, ms: null };
    const freshness = { ttlMs: repeatAfterMs, staleMs: 0 };
    const { value } = await this.options.cache.wrap(memoryKey(from, title), freshness, async () => {
      const startedAt = performance.now();
      const { accepted, refused } = this.judge(from, await searchWithin(from, title), title);
      news.ms = Math.round(performance.now() - startedAt);
      news.sources = await takeIn(accepted);
      this.options.indexers.note(from.id, { error: null, ms: news.ms, results: accepted.length });
      return { accepted: accepted.length, refused };
    });
    return { ...value, ...news };
  }

  private judge(
    { indexer }: ConnectedIndexer,
    releases: readonly FoundRelease[],
    title: SourceTitle,
  ): { accepted: FoundRelease[]; refused: RefusedRelease[] } {
    const accepted: FoundRelease[] = [];
    const refused: RefusedRelease[] = [];
    for (const release of releases) {
      const verdict = judgeRelease(release, this.names.read(release.title), title);
      if (verdict.accepted) accepted.push(release);
      else refused.push({ title: release.title, indexer: indexer.name, reason: verdict.reason });
    }
    return { accepted, refused: refused.slice(0, 20) };
  }

  private async present(title: SourceTitle, state: SearchState, viewer: Viewer): Promise<SourceList> {
    const names = new Set(state.outcomes.map(({ name }) => name));
    const offered = state.sources.filter(
      (source) => source.refusal === null && this.isCurrent(source, names),
    );
    const described = await this.options.described.describedAmong(offered.map(({ infoHash }) => infoHash));
    const facts = { runtimeSeconds: title.runtimeSeconds, originalLanguage: title.originalLanguage ?? null };
    const items = offered.map((source) => this.rank(source, facts, viewer, described)).sort(compareScored);
    const refusedLater = state.sources.flatMap(({ title: name, indexer, refusal }) =>
      refusal === null ? [] : [{ title: name, indexer, reason: refusal }],
    );
    return {
      items: items.slice(0, mostListed),
      indexers: [...state.outcomes],
      refused: [...state.refused, ...refusedLater].slice(0, 50),
      notes: await this.options.indexers.notesOnOff(title),
      isDone: state.isDone,
    };
  }

  private rank(
    source: Source,
    title: { runtimeSeconds: number | null; originalLanguage: string | null },
    viewer: Viewer,
    described: ReadonlySet<string>,
  ): RankedSource {
    const scored = Object.assign(new Source(), source, { isDescribed: described.has(source.infoHash) });
    return Object.assign(
      new Source(),
      source,
      scoreRelease(scored, this.names.read(source.title), title, viewer),
    );
  }

  /** Of an indexer that is on, and seen not too long ago. */
  private isCurrent(source: Source, enabled: ReadonlySet<string>): boolean {
    if (!source.indexers.some((name) => enabled.has(name))) return false;
    return this.now().getTime() - source.lastSeenAt.getTime() < forgetAfterMs;
  }

  private async noteSearch(title: SourceTitle, { sources }: SearchState): Promise<void> {
    try {
      const now = this.now();
      const known = await this.options.searches.find(title.id);
      const { releaseDate = null, year } = title;
      const isWanted = isRecent(known?.viewedAt, now) || (await this.options.isListed?.(title.id)) === true;
      const again = searchAgainAfterMs({ releaseDate, year, found: sources.length, isWanted }, now);
      await this.options.searches.save(
        Object.assign(new SourceSearch(), {
          titleId: title.id,
          kind: keyOf(title).kind,
          searchedAt: now,
          dueAt: new Date(now.getTime() + again),
          viewedAt: known?.viewedAt ?? null,
          found: sources.length,
        }),
      );
    } catch (error) {
      this.options.logger.warn({ err: error, titleId: title.id }, 'a search was not noted');
    }
  }

  private async noteView(title: SourceTitle): Promise<void> {
    const known = await this.options.searches.find(title.id);
    if (known) await this.options.searches.save(Object.assign(known, { viewedAt: this.now() }));
  }
}

/** Looked at within three days. */
function isRecent(viewedAt: Date | null | undefined, now: Date): boolean {
  return (
    viewedAt !== null && viewedAt !== undefined && now.getTime() - viewedAt.getTime() < 3 * 24 * 3_600_000
  );
}

function keyOf({ id, episode }: SourceTitle): TitleKey {
  return { kind: episode ? 'episode' : 'movie', id };
}

const answerKey = cacheKeys<{ accepted: number; refused: RefusedRelease[] }>('sources');

/** The IMDb id may become known later; then the question is another one. */
function memoryKey({ id }: ConnectedIndexer, title: SourceTitle) {
  return answerKey([id, title.id, title.imdbId ?? ''], [titleTag(title.id)]);
}

function toFacts({ imdbId: _, ...release }: IndexedRelease) {
  return { ...release, announce: [...release.announce], webSeeds: [...release.webSeeds] };
}
