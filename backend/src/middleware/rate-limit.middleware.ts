import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../errors/app-error.js';
import { ipv6SiteOf, networkOf } from '../services/auth/network-of.js';
import type { AppEnv } from './app-env.js';
import type { Quota, RateLimit, RateLimitStore, RateVerdict } from './rate-limit-store.port.js';

/** Error of a request that was one too many. */
export class RateLimitedError extends AppError {
  override readonly name = 'RateLimitedError';

  constructor(retryAfterSeconds: number) {
    super('rate-limited', 'Too many requests. Wait a moment before the next one.', { retryAfterSeconds });
  }
}

// Both count requests and refuse what is too much, telling clients where they stand in the fields of
// draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy`, `RateLimit`), with `Retry-After` beside a refusal.
// Errors: rate-limited.

/** Everybody pays by where they come from, before it is known who they are. Tells of this quota only when it refuses. */
export function limitAddresses({ store, limit }: { store: RateLimitStore; limit: RateLimit }) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const quota = { key: `address ${networkOf(context.var.clientAddress)}`, limit };
    const { counted, ...verdict } = store.arrive(quota);
    refuseBeyond(context, 'address', limit, verdict);
    context.set('uncounted', counted ? null : quota);
    await next();
    // Refused before anybody counted it. Not waited for: the next one may be judged by this server's count alone.
    const { uncounted } = context.var;
    if (uncounted) void store.take([uncounted]);
  });
}

export interface NamedLimit {
  name: string;
  limit: RateLimit;
  /** Limit of a whole IPv6 /48, in which one client can have 65,536 networks of 64 bits. */
  siteLimit?: RateLimit | undefined;
}

export interface RateLimitOptions {
  store: RateLimitStore;
  /** The limit a request falls under, by name: quotas of different names do not touch each other. */
  limitOf: (context: Context<AppEnv>) => NamedLimit;
  /** Id of the browser when it is known; it then has a quota of its own before it is known who asks. Null: it is not. */
  deviceOf?: (context: Context<AppEnv>) => string | null;
}

/** A user pays from wherever they are; whoever is not signed in by their address. */
export function limitRequests({ store, limitOf, deviceOf = () => null }: RateLimitOptions) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const { name, limit, siteLimit } = limitOf(context);
    const { principal, clientAddress, uncounted } = context.var;
    const device = principal ? null : deviceOf(context);
    const payer = principal ? `user ${principal.userId}` : stranger(device, clientAddress);
    const quotas: { title: string; quota: Quota }[] = [];
    if (uncounted) quotas.push({ title: 'address', quota: uncounted });
    const site = siteLimit && !principal && device === null ? ipv6SiteOf(clientAddress) : null;
    if (siteLimit && site !== null)
      quotas.push({ title: `${name}-site`, quota: { key: `${name} ${site}`, limit: siteLimit } });
    quotas.push({ title: name, quota: { key: `${name} ${payer}`, limit } });
    context.set('uncounted', null);
    const verdicts = await store.take(quotas.map(({ quota }) => quota));
    for (const [index, verdict] of verdicts.entries()) {
      const judged = quotas[index];
      if (judged) refuseBeyond(context, judged.title, judged.quota.limit, verdict);
    }
    const last = verdicts.at(-1);
    if (!last || verdicts.length < quotas.length) throw new Error('A quota was not judged.');
    await next();
    // After the answer was made: some are made whole, without what was set on the way in.
    tell(context, name, limit, last);
  });
}

function stranger(device: string | null, address: string): string {
  return device === null ? networkOf(address) : `device ${device}`;
}

/** @throws RateLimitedError */
function refuseBeyond(context: Context<AppEnv>, name: string, limit: RateLimit, verdict: RateVerdict): void {
  if (verdict.allowed) return;
  tell(context, name, limit, verdict);
  throw new RateLimitedError(verdict.resetSeconds);
}

/** Structured fields (RFC 9651): a quota of q requests in w seconds; r of them remain, t seconds until that changes. */
function tell(context: Context<AppEnv>, name: string, limit: RateLimit, verdict: RateVerdict): void {
  const policy = `"${name}";q=${limit.requests};w=${limit.windowSeconds}`;
  context.header('RateLimit-Policy', policy);
  context.header('RateLimit', `"${name}";r=${verdict.remaining};t=${verdict.resetSeconds}`);
}
