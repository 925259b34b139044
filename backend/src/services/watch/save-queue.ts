import type {
  AlsoWrite,
  NewWatchEvent,
  TitleChange,
  WatchRepository,
} from '../../repositories/watch.repository.js';
import { foldTitle } from './fold-title.js';
import { SavesBusyError } from './watch.errors.js';

interface Waiting {
  userId: string;
  events: readonly NewWatchEvent[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

const limit = 5_000;

/**
 * Batches what players save: while one write runs, everything that arrives waits and goes into the next one together.
 * Each `add` settles when its events are committed, so whoever was told "saved" can rely on it after a crash.
 */
export class SaveQueue {
  readonly fold = foldTitle;
  private waiting: Waiting[] = [];
  private running = false;

  constructor(
    private readonly watches: Pick<WatchRepository, 'mergeMany'>,
    private readonly also?: AlsoWrite,
  ) {}

  /** Error: timeout when too much waits. */
  add(userId: string, events: readonly NewWatchEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    if (this.waiting.length >= limit) return Promise.reject(new SavesBusyError());
    return new Promise((resolve, reject) => {
      this.waiting.push({ userId, events, resolve, reject });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.write(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.running = false;
  }

  private write(batch: readonly Waiting[]): Promise<TitleChange[]> {
    const byUser = new Map<string, NewWatchEvent[]>();
    for (const { userId, events } of batch) {
      const known = byUser.get(userId);
      if (known) known.push(...events);
      else byUser.set(userId, [...events]);
    }
    return this.watches.mergeMany(
      [...byUser].map(([userId, events]) => ({ userId, events })),
      this.fold,
      this.also,
    );
  }
}
