/** How much is allowed: `requests` at once, and then one each `windowSeconds / requests`. */
export interface RateLimit {
  requests: number;
  windowSeconds: number;
}

/** What one key may use. */
export interface Quota {
  key: string;
  limit: RateLimit;
}

export interface RateVerdict {
  allowed: boolean;
  /** How many more would be allowed right now. */
  remaining: number;
  /** Seconds until the whole quota is there again; of a refusal, until one request is. */
  resetSeconds: number;
}

/**
 * Keeps how much each key has used: `MemoryRateLimitStore` in process, at once; `RedisRateLimitStore` for several
 * servers, later. One number per key (see `judge`) is all there is to keep.
 *
 * A request is counted twice, before and after it is known who asks. So that it costs one round trip all the same, a
 * shared store only looks at what it remembers itself the first time, and counts both the second time.
 */
export interface RateLimitStore {
  /** At once. `counted` is false where `take` has yet to count it. */
  arrive(quota: Quota): RateVerdict & { counted: boolean };
  /**
   * Counts one request against all of them, or, when one refuses, against none.
   * Answers a verdict for each, in order, up to the first that refuses.
   */
  take(quotas: readonly Quota[]): RateVerdict[] | Promise<RateVerdict[]>;
}
