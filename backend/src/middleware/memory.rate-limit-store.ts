import { judge } from './gcra.js';
import type { RateLimit, RateLimitStore, RateVerdict } from './rate-limit-store.port.js';

export interface MemoryRateLimitStoreOptions {
  /** Milliseconds; only differences count. */
  now?: () => number;
  /** How many keys are remembered at most. */
  capacity?: number;
}

/**
 * Rate limits of this process, in bounded memory. Keys live in two generations: when the young one is full it becomes
 * the old one, and what was old is forgotten. So what is in use stays, a flood of addresses costs nothing but its own
 * memory, and nothing has to be swept.
 */
export class MemoryRateLimitStore implements RateLimitStore {
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  private readonly now: () => number;
  private readonly perGeneration: number;

  constructor({ now = () => performance.now(), capacity = 10_000 }: MemoryRateLimitStoreOptions = {}) {
    this.now = now;
    this.perGeneration = Math.max(1, Math.floor(capacity / 2));
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  take(key: string, limit: RateLimit): RateVerdict {
    const known = this.young.get(key) ?? this.old.get(key) ?? 0;
    const { arrivalAt, ...verdict } = judge(known, this.now(), limit);
    this.young.set(key, arrivalAt);
    if (this.young.size > this.perGeneration) {
      this.old = this.young;
      this.young = new Map();
    }
    return verdict;
  }
}
