import { z } from 'zod';
import type { AtomicScript, AtomicScripts } from '../utils/cache/redis-connection.js';
import type { MemoryRateLimitStore } from './memory.rate-limit-store.js';
import type { Quota, RateLimitStore, RateVerdict } from './rate-limit-store.port.js';

export interface RedisRateLimitStoreOptions {
  scripts: AtomicScripts;
  /** Counts along, and decides while the shared store is away. */
  local: MemoryRateLimitStore;
  /** Stands before every key: servers of one namespace share their limits. */
  namespace: string;
}

/**
 * Rate limits that several servers share, in Redis or Valkey. One round trip for all quotas of a request; those of one
 * moment travel together. A key lives until its quota is whole again, so what is remembered is bounded by what is in
 * use. While the store is away each server counts for itself, going on from what it has let through.
 */
export class RedisRateLimitStore implements RateLimitStore {
  private readonly judge: AtomicScript;
  private readonly local: MemoryRateLimitStore;
  private readonly prefix: string;

  constructor({ scripts, local, namespace }: RedisRateLimitStoreOptions) {
    this.judge = scripts.script(gcra);
    this.local = local;
    this.prefix = `${namespace}:rate:`;
  }

  /** What this server alone has let through is a part of what all have: refused here, refused there. */
  arrive(quota: Quota): RateVerdict & { counted: boolean } {
    return { ...this.local.glance(quota), counted: false };
  }

  async take(quotas: readonly Quota[]): Promise<RateVerdict[]> {
    const verdicts = await this.shared(quotas);
    if (!verdicts) return this.local.take(quotas);
    // A refusal costs nothing here either: it would keep out for longer than was told.
    if (verdicts.every(({ allowed }) => allowed)) this.local.take(quotas);
    return verdicts;
  }

  private async shared(quotas: readonly Quota[]): Promise<RateVerdict[] | null> {
    try {
      const answer = await this.judge(
        quotas.map(({ key }) => this.prefix + key),
        quotas.flatMap(({ limit }) => [String(limit.requests), String(limit.windowSeconds)]),
      );
      return answerSchema.parse(answer).map(([allowed, remaining, resetMicroseconds]) => ({
        allowed: allowed === 1,
        remaining,
        resetSeconds: Math.max(1, Math.ceil(resetMicroseconds / 1e6)),
      }));
    } catch {
      // Logged by the connection. An error must neither open the gate nor lock anybody out.
      return null;
    }
  }
}

const answerSchema = z.array(z.tuple([z.number(), z.number(), z.number()])).min(1);

/**
 * `judge` of gcra.ts for all keys in one atomic step, by the store's own clock, for servers' clocks differ. In whole
 * microseconds, which a double holds exactly. An arrival further away than a window (the clock was set back) counts as
 * a window away. Nothing is written when one refuses.
 */
const gcra = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
local arrivals = {}
for i, key in ipairs(KEYS) do
  local window = ARGV[2 * i] * 1000000
  local interval = math.max(1, math.floor(window / ARGV[2 * i - 1]))
  local arrival = tonumber(redis.call('GET', key) or '') or 0
  -- "nan" is a number to Lua, and the only one that is not itself.
  if arrival ~= arrival then arrival = 0 end
  local next = math.max(math.min(arrival, now + window), now) + interval
  local wait = next - window - now
  if wait > 0 then
    answers[i] = { 0, 0, wait }
    return answers
  end
  arrivals[i] = next
  answers[i] = { 1, math.floor(-wait / interval), next - now }
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', arrivals[i]), 'PX', math.ceil((arrivals[i] - now) / 1000))
end
return answers
`;
