import type { Source } from '../../entities/source.entity.js';
import { AppError } from '../../errors/app-error.js';
import type { FoundRelease, Indexer, WantedTitle } from './indexer.port.js';

/** An indexer that is on, and how its searches are told about. */
export interface ConnectedIndexer {
  id: string;
  indexer: Indexer;
  /** How long it may take. Milliseconds. */
  deadlineMs: number;
}

/** How asking one indexer goes. */
export interface IndexerOutcome {
  name: string;
  state: 'asking' | 'ok' | 'failed';
  /** False when it failed. */
  ok: boolean;
  /** What went wrong, for people; null when nothing did. */
  message: string | null;
  /** Releases it has of the title; null while it is asked and when it failed. */
  results: number | null;
  /** How long it took; null while it is asked, and when an earlier answer still holds. */
  ms: number | null;
}

/** A release that an indexer gave and that is not offered. */
export interface RefusedRelease {
  title: string;
  indexer: string;
  reason: string;
}

/** What is known at one moment of a search. */
export interface SearchState {
  sources: readonly Source[];
  outcomes: readonly IndexerOutcome[];
  refused: readonly RefusedRelease[];
  isDone: boolean;
}

export interface TitleSearchOptions {
  title: WantedTitle;
  indexers: readonly ConnectedIndexer[];
  /** What is known from earlier searches. */
  stored: readonly Source[];
  /** Asks one indexer, or remembers its answer, and takes it in. */
  ask: (from: ConnectedIndexer) => Promise<TakenIn>;
  failed: (from: ConnectedIndexer, error: unknown, ms: number) => void;
  /** Milliseconds; only differences count. */
  now: () => number;
}

/** What an indexer's answer came to. */
export interface TakenIn {
  /** Releases of the title. */
  accepted: number;
  refused: readonly RefusedRelease[];
  /** What is known of the title now; null when the answer was an earlier one, taken in then. */
  sources: readonly Source[] | null;
  /** How long it took; null when it was an earlier one. */
  ms: number | null;
}

/**
 * One search for one title: all indexers at the same time, each with its deadline, each answer taken in as it comes.
 * However many wait for it, the indexers are asked once. It ends by itself.
 */
export class TitleSearch {
  private state: SearchState;
  /** Counts the states. */
  private version = 0;
  private readonly listeners = new Set<() => void>();
  readonly done: Promise<void>;

  constructor(private readonly options: TitleSearchOptions) {
    this.state = {
      sources: options.stored,
      outcomes: options.indexers.map(({ indexer }) => asking(indexer.name)),
      refused: [],
      isDone: false,
    };
    this.done = this.run();
  }

  get current(): SearchState {
    return this.state;
  }

  /** The states from now on, the present one first; ends with the search. What comes faster than it is read is skipped. */
  async *states(signal?: AbortSignal): AsyncGenerator<SearchState> {
    for (let seen = -1; ; ) {
      signal?.throwIfAborted();
      if (this.version === seen) await this.changed(signal);
      seen = this.version;
      const { state } = this;
      yield state;
      if (state.isDone) return;
    }
  }

  private changed(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.listeners.delete(settle);
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.listeners.delete(settle);
        reject(signal?.reason as Error);
      };
      this.listeners.add(settle);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  private async run(): Promise<void> {
    await Promise.all(this.options.indexers.map((indexer, at) => this.ask(indexer, at)));
    this.become({ isDone: true });
  }

  private async ask(from: ConnectedIndexer, at: number): Promise<void> {
    const { now } = this.options;
    const { name } = from.indexer;
    const startedAt = now();
    try {
      const { accepted, refused, sources, ms } = await this.options.ask(from);
      const outcome = { name, state: 'ok' as const, ok: true, message: null, results: accepted, ms };
      this.settle(at, outcome, { refused, ...(sources && { sources }) });
    } catch (error) {
      const ms = Math.round(now() - startedAt);
      this.options.failed(from, error, ms);
      this.settle(at, { name, state: 'failed', ok: false, message: messageOf(error), results: null, ms }, {});
    }
  }

  private settle(
    at: number,
    outcome: IndexerOutcome,
    { sources = this.state.sources, refused = [] }: Partial<Pick<SearchState, 'sources' | 'refused'>>,
  ): void {
    const outcomes = this.state.outcomes.with(at, outcome);
    this.become({ sources, outcomes, refused: [...this.state.refused, ...refused].slice(0, mostRefused) });
  }

  private become(change: Partial<SearchState>): void {
    this.state = { ...this.state, ...change };
    this.version++;
    for (const listener of this.listeners) listener();
  }
}

const mostRefused = 50;

function asking(name: string): IndexerOutcome {
  return { name, state: 'asking', ok: true, message: null, results: null, ms: null };
}

/** Asks an indexer. It is given a signal when its time is over, but is not trusted to obey it. Error: provider-timeout. */
export async function searchWithin(
  { indexer, deadlineMs: ms }: ConnectedIndexer,
  title: WantedTitle,
): Promise<FoundRelease[]> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new AppError(
        'provider-timeout',
        `${indexer.name} did not answer within ${ms / 1000} seconds.`,
      );
      stop.abort(error);
      reject(error);
    }, ms);
    timer.unref();
  });
  try {
    return await Promise.race([indexer.search(title, { signal: stop.signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Only messages written for people are shown; anything else is a fault of ours, and in the log. */
function messageOf(error: unknown): string {
  return error instanceof AppError ? error.message : 'Something went wrong while asking it.';
}
