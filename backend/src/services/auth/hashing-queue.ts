import { SignInBusyError } from './auth.errors.js';

/** Who waits for a password to be hashed. */
export interface Asker {
  /** Whose turns are shared: a network (`wideNetworkOf`), or a browser that is known. */
  source: string;
  /** Whether the account has signed in from there before, or is signed in. */
  isKnown: boolean;
}

export interface HashingQueueOptions {
  /** How many run at once. More would keep the thread pool from reading files for those who watch. */
  atOnce?: number;
  /** How many may wait in each lane. */
  limit?: number;
  /** Milliseconds; only differences count. */
  now?: () => number;
}

interface Waiting extends Asker {
  /** How many asked from the same source lately, before this one. */
  rank: number;
  start: () => void;
  refuse: (error: SignInBusyError) => void;
}

interface Lately {
  count: number;
  at: number;
}

/** So long after its latest attempt a source counts as new, milliseconds. */
const forgetAfterMs = 15 * 60_000;
const sourcesRemembered = 10_000;
/** After so many turns of the known lane in a row, somebody unknown has one. */
const knownInARow = 3;

/**
 * Shares two hashing turns among everybody who signs in. Those who are known to their account wait in a lane of their
 * own, which goes first. Within a lane the source that has asked least often lately goes first, so a flood from many
 * networks delays itself. A full lane turns away the entry of the source that asked most, which may be the newcomer.
 */
export class HashingQueue {
  private readonly lanes: Record<'known' | 'unknown', Waiting[]> = { known: [], unknown: [] };
  private readonly lately = new Map<string, Lately>();
  private readonly atOnce: number;
  private readonly limit: number;
  private readonly now: () => number;
  private running = 0;
  private inARow = 0;

  constructor({ atOnce = 2, limit = 50, now = () => performance.now() }: HashingQueueOptions = {}) {
    this.atOnce = atOnce;
    this.limit = limit;
    this.now = now;
  }

  /** Runs `work` when its turn comes. @throws SignInBusyError */
  async run<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    const rank = this.count(asker.source);
    if (this.running < this.atOnce) this.running += 1;
    else await this.wait(asker, rank);
    try {
      return await work();
    } finally {
      // The turn passes to the next one directly, so that nobody can slip in between.
      const next = this.takeNext();
      if (next) next.start();
      else this.running -= 1;
    }
  }

  private wait(asker: Asker, rank: number): Promise<void> {
    const lane = this.lanes[asker.isKnown ? 'known' : 'unknown'];
    if (lane.length >= this.limit) {
      const last = indexOfExtreme(lane, (one, best) => one.rank >= best.rank);
      const most = lane[last];
      if (!most || most.rank <= rank) throw new SignInBusyError();
      lane.splice(last, 1);
      most.refuse(new SignInBusyError());
    }
    return new Promise((start, refuse) => lane.push({ ...asker, rank, start, refuse }));
  }

  private takeNext(): Waiting | null {
    const { known, unknown } = this.lanes;
    const isTurnOfUnknown = unknown.length > 0 && (known.length === 0 || this.inARow >= knownInARow);
    this.inARow = isTurnOfUnknown ? 0 : this.inARow + 1;
    const lane = isTurnOfUnknown ? unknown : known;
    const [next] = lane.splice(
      indexOfExtreme(lane, (one, best) => one.rank < best.rank),
      1,
    );
    return next ?? null;
  }

  /** Counts an attempt of the source. Returns how many it made lately, without this one. */
  private count(source: string): number {
    const now = this.now();
    const known = this.lately.get(source);
    const before = known && now - known.at < forgetAfterMs ? known.count : 0;
    this.lately.delete(source);
    this.lately.set(source, { count: before + 1, at: now });
    if (this.lately.size > sourcesRemembered) {
      const [oldest] = this.lately.keys();
      if (oldest !== undefined) this.lately.delete(oldest);
    }
    return before;
  }
}

/** Index of the entry that beats all others, the first entry unless another `beats` it; 0 for an empty list. */
function indexOfExtreme<T>(list: readonly T[], beats: (one: T, best: T) => boolean): number {
  let found = 0;
  let best = list[0];
  for (const [index, one] of list.entries()) {
    if (best === undefined || (index > 0 && beats(one, best))) [found, best] = [index, one];
  }
  return found;
}
