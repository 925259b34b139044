import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../errors/app-error.js';
import { networkOf } from '../services/auth/network-of.js';
import type { AppEnv } from './app-env.js';
import type { RateLimit, RateLimitStore, RateVerdict } from './rate-limit-store.port.js';

export interface RateLimitOptions {
  store: RateLimitStore;
  /** The limit a request falls under, by name: quotas of different names do not touch each other. */
  limitOf: (context: Context<AppEnv>) => { name: string; limit: RateLimit };
  /** Who pays. A user pays from wherever they are; `address` makes everybody pay by where they come from. */
  subject: 'user-or-address' | 'address';
  /** Tells of this quota only when it refuses. */
  quiet?: true;
}

/** Error of a request that was one too many. */
export class RateLimitedError extends AppError {
  override readonly name = 'RateLimitedError';

  constructor(retryAfterSeconds: number) {
    super('rate-limited', 'Too many requests. Wait a moment before the next one.', { retryAfterSeconds });
  }
}

/**
 * Counts requests and refuses what is too much, telling clients where they stand in the fields of
 * draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy`, `RateLimit`), with `Retry-After` beside a refusal.
 * Errors: rate-limited.
 */
export function rateLimit({ store, limitOf, subject, quiet }: RateLimitOptions) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const { name, limit } = limitOf(context);
    const verdict = await store.take(`${name} ${payer(context, subject)}`, limit);
    if (!verdict.allowed) {
      tell(context, name, limit, verdict);
      throw new RateLimitedError(verdict.resetSeconds);
    }
    await next();
    // After the answer was made: some are made whole, without what was set on the way in.
    if (!quiet) tell(context, name, limit, verdict);
  });
}

function payer(context: Context<AppEnv>, subject: RateLimitOptions['subject']): string {
  const { principal, clientAddress } = context.var;
  if (subject === 'user-or-address' && principal) return `user ${principal.userId}`;
  return networkOf(clientAddress);
}

/** Structured fields (RFC 9651): a quota of q requests in w seconds; r of them remain, t seconds until that changes. */
function tell(context: Context<AppEnv>, name: string, limit: RateLimit, verdict: RateVerdict): void {
  const policy = `"${name}";q=${limit.requests};w=${limit.windowSeconds}`;
  context.header('RateLimit-Policy', policy);
  context.header('RateLimit', `"${name}";r=${verdict.remaining};t=${verdict.resetSeconds}`);
}
