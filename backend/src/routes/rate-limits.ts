import type { RateClass } from '../middleware/rate-class.js';
import type { RateLimit } from '../middleware/rate-limit-store.port.js';

/** What everything from one address may ask for together. It bounds those who have no account to be counted by. */
export const addressLimit: RateLimit = { requests: 6_000, windowSeconds: 60 };

/** Sign-in requests of strangers from one IPv6 /48 together. */
export const signInSiteLimit: RateLimit = { requests: 60, windowSeconds: 60 };

/** By route class, for each user, or for each address where nobody is signed in. */
export const rateLimits = {
  /** Guessing: also slowed by the back-off of services/auth/attempt-backoff.ts. */
  'sign-in': { requests: 10, windowSeconds: 60 },
  /** Staying signed in: every tab of a household refreshes, every TV that waits polls. */
  session: { requests: 120, windowSeconds: 60 },
  api: { requests: 600, windowSeconds: 60 },
  /** As one types. Each may cost a request to a provider. */
  search: { requests: 120, windowSeconds: 60 },
  /** Each may join a swarm. */
  playback: { requests: 30, windowSeconds: 60 },
  /** Seeking makes many ranges. */
  stream: { requests: 1_200, windowSeconds: 60 },
  /** A page of posters has a hundred. */
  image: { requests: 3_000, windowSeconds: 60 },
} as const satisfies Record<RateClass, RateLimit>;
