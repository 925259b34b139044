/** How much is allowed: `requests` at once, and then one each `windowSeconds / requests`. */
export interface RateLimit {
  requests: number;
  windowSeconds: number;
}

export interface RateVerdict {
  allowed: boolean;
  /** How many more would be allowed right now. */
  remaining: number;
  /** Seconds until the whole quota is there again; of a refusal, until one request is. */
  resetSeconds: number;
}

/**
 * Keeps how much each key has used. `MemoryRateLimitStore` does it in process, at once; `RedisRateLimitStore` for
 * several servers, later. One number per key (see `judge`) is all there is to keep.
 */
export interface RateLimitStore {
  /** Counts one request of `key` against `limit`, unless it is refused: then nothing is counted. */
  take(key: string, limit: RateLimit): RateVerdict | Promise<RateVerdict>;
}
