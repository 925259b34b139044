import { z } from 'zod';
import type { AtomicScript, AtomicScripts } from '../utils/cache/redis-connection.js';
import type { RateLimit, RateLimitStore, RateVerdict } from './rate-limit-store.port.js';

export interface RedisRateLimitStoreOptions {
  scripts: AtomicScripts;
  /** Counts along, and decides while the shared store is away. */
  local: RateLimitStore;
  /** Stands before every key: servers of one namespace share their limits. */
  namespace: string;
}

/**
 * Rate limits that several servers share, in Redis or Valkey. One round trip each; those of one moment travel together.
 * A key lives until its quota is whole again, so what is remembered is bounded by what is in use. While the store is
 * away each server counts for itself, going on from what it has let through.
 */
export class RedisRateLimitStore implements RateLimitStore {
  private readonly judge: AtomicScript;
  private readonly local: RateLimitStore;
  private readonly prefix: string;

  constructor({ scripts, local, namespace }: RedisRateLimitStoreOptions) {
    this.judge = scripts.script(gcra);
    this.local = local;
    this.prefix = `${namespace}:rate:`;
  }

  async take(key: string, limit: RateLimit): Promise<RateVerdict> {
    const verdict = await this.shared(key, limit);
    if (!verdict) return this.local.take(key, limit);
    // A refusal costs nothing here either: it would keep out for longer than was told.
    if (verdict.allowed) await this.local.take(key, limit);
    return verdict;
  }

  private async shared(key: string, { requests, windowSeconds }: RateLimit): Promise<RateVerdict | null> {
    try {
      const answer = await this.judge([this.prefix + key], [String(requests), String(windowSeconds)]);
      const [allowed, remaining, resetMicroseconds] = answerSchema.parse(answer);
      return {
        allowed: allowed === 1,
        remaining,
        resetSeconds: Math.max(1, Math.ceil(resetMicroseconds / 1e6)),
      };
    } catch {
      // Logged by the connection. An error must neither open the gate nor lock anybody out.
      return null;
    }
  }
}

const answerSchema = z.tuple([z.number(), z.number(), z.number()]);

/**
 * `judge` of gcra.ts in one atomic step, by the store's own clock, for servers' clocks differ. In whole microseconds,
 * which a double holds exactly. An arrival further away than a window (the clock was set back) counts as a window away.
 */
const gcra = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = ARGV[2] * 1000000
local interval = math.max(1, math.floor(window / ARGV[1]))
local arrival = tonumber(redis.call('GET', KEYS[1]) or '') or 0
-- "nan" is a number to Lua, and the only one that is not itself.
if arrival ~= arrival then arrival = 0 end
local next = math.max(math.min(arrival, now + window), now) + interval
local wait = next - window - now
if wait > 0 then return { 0, 0, wait } end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return { 1, math.floor(-wait / interval), next - now }
`;
