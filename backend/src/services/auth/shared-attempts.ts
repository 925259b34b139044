import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { AtomicScript, AtomicScripts } from '../../utils/cache/redis-connection.js';

/** No wait is longer, milliseconds. */
export const longestWaitMs = 60_000;
/** After this long without an attempt all is forgiven, milliseconds. */
export const forgetAfterMs = 60 * 60_000;

export interface SharedAttemptsOptions {
  scripts: AtomicScripts;
  /** Stands before every key: servers of one namespace count together. */
  namespace: string;
  /** Names are kept as HMACs with it: people type their password into the wrong field. */
  secret: Uint8Array;
}

/** Failed attempts that several servers count together, in Redis or Valkey. A key lives an hour after the latest. */
export class SharedAttempts {
  private readonly count: AtomicScript;
  private readonly pardon: AtomicScript;
  private readonly takeBack: AtomicScript;
  private readonly spendOne: AtomicScript;
  private readonly giveBack: AtomicScript;

  constructor(private readonly options: SharedAttemptsOptions) {
    this.count = options.scripts.script(countScript);
    this.pardon = options.scripts.script(forgiveScript);
    this.takeBack = options.scripts.script(withdrawScript);
    this.spendOne = options.scripts.script(spendScript);
    this.giveBack = options.scripts.script(refundScript);
  }

  /**
   * Counts one failure for each key, unless one of them has to wait. Answers how long, milliseconds; 0 when the attempt
   * may be made, null when the store is away.
   * @param free failures of each key before waiting begins
   */
  async begin(keys: readonly string[], free: readonly number[]): Promise<number | null> {
    try {
      const limits = [longestWaitMs, forgetAfterMs, ...free].map(String);
      return z.number().parse(await this.count(this.named(keys), limits));
    } catch {
      // Logged by the connection.
      return null;
    }
  }

  /** The attempt succeeded: the first key is forgotten, the others have one failure less. */
  async forgive(keys: readonly string[]): Promise<void> {
    // Away, it forgets by itself within the hour.
    await this.pardon(this.named(keys), []).catch(() => undefined);
  }

  /** Subtracts one failure from each key, for an attempt that was never checked. A wait that has begun goes on. */
  async withdraw(keys: readonly string[]): Promise<void> {
    // While the store is away the failure stays, and expires within the hour.
    await this.takeBack(this.named(keys), []).catch(() => undefined);
  }

  /**
   * Spends one of `limits[i]` attempts that each key has in any window, unless one has none left. Returns how long to
   * wait for one, milliseconds; 0 when it was spent, null when the store is away.
   * @param id by which it can be given back
   */
  async spend(
    keys: readonly string[],
    limits: readonly number[],
    windowMs: number,
    id: string,
  ): Promise<number | null> {
    try {
      const values = [String(windowMs), id, ...limits.map(String)];
      return z.number().parse(await this.spendOne(this.named(keys), values));
    } catch {
      // Logged by the connection.
      return null;
    }
  }

  /** Gives a spent attempt back. */
  async refund(keys: readonly string[], id: string): Promise<void> {
    // Away, it leaves the window by itself.
    await this.giveBack(this.named(keys), [id]).catch(() => undefined);
  }

  private named(keys: readonly string[]): string[] {
    const { namespace, secret } = this.options;
    return keys.map((key) => {
      const name = createHmac('sha256', secret).update('attempts ').update(key).digest('base64url');
      return `${namespace}:attempts:${name}`;
    });
  }
}

/** As `AttemptBackoff.count`, by the store's own clock, in milliseconds. */
const countScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local longest = tonumber(ARGV[1])
local wait = 0
for _, key in ipairs(KEYS) do
  local blocked = tonumber(redis.call('HGET', key, 'until') or '') or 0
  if blocked == blocked then wait = math.max(wait, math.min(blocked - now, longest)) end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  local beyond = redis.call('HINCRBY', key, 'failures', 1) - ARGV[i + 2]
  if beyond > 0 then
    local pause = math.min(longest, 1000 * 2 ^ math.min(beyond - 1, 10))
    redis.call('HSET', key, 'until', string.format('%.0f', now + pause))
  end
  redis.call('PEXPIRE', key, ARGV[2])
end
return 0
`;

const forgiveScript = `
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('HINCRBY', KEYS[i], 'failures', -1)
    redis.call('HDEL', KEYS[i], 'until')
  end
end
return 0
`;

const withdrawScript = `
for _, key in ipairs(KEYS) do
  local failures = tonumber(redis.call('HGET', key, 'failures') or '') or 0
  if failures > 1 then redis.call('HINCRBY', key, 'failures', -1) else redis.call('DEL', key) end
end
return 0
`;

/** A sorted set of times for each key, by the store's own clock, in milliseconds. */
const spendScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = tonumber(ARGV[1])
local wait = 0
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local limit = tonumber(ARGV[i + 2])
  local blocking = redis.call('ZRANGE', key, -limit, -limit, 'WITHSCORES')
  if blocking[2] then wait = math.max(wait, math.min(window, blocking[2] + window - now)) end
end
if wait > 0 then return wait end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[2])
  redis.call('PEXPIRE', key, window)
end
return 0
`;

const refundScript = `
for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end
return 0
`;
