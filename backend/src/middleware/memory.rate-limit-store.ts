import { judge } from './gcra.js';
import type { Quota, RateLimitStore, RateVerdict } from './rate-limit-store.port.js';

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

  arrive(quota: Quota): RateVerdict & { counted: boolean } {
    return { ...this.takeOne(quota), counted: true };
  }

  take(quotas: readonly Quota[]): RateVerdict[] {
    const [first, ...others] = quotas;
    if (first && others.length === 0) return [this.takeOne(first)];
    const verdicts: RateVerdict[] = [];
    for (const quota of quotas) {
      const verdict = this.glance(quota);
      verdicts.push(verdict);
      if (!verdict.allowed) return verdicts;
    }
    return quotas.map((quota) => this.takeOne(quota));
  }

  /** What `take` would answer, without counting. */
  glance(quota: Quota): RateVerdict {
    const { allowed, remaining, resetSeconds } = this.judge(quota);
    return { allowed, remaining, resetSeconds };
  }

  private takeOne(quota: Quota): RateVerdict {
    const { arrivalAt, ...verdict } = this.judge(quota);
    this.young.set(quota.key, arrivalAt);
    if (this.young.size > this.perGeneration) {
      this.old = this.young;
      this.young = new Map();
    }
    return verdict;
  }

  private judge({ key, limit }: Quota): RateVerdict & { arrivalAt: number } {
    return judge(this.young.get(key) ?? this.old.get(key) ?? 0, this.now(), limit);
  }
}
