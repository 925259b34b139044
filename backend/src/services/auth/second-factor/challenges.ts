import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { KeySource } from '../../../encryption/secrets.js';
import type {
  ChallengeUse,
  SpentChallengeRepository,
} from '../../../repositories/spent-challenge.repository.js';
import { SignedTokens } from '../signed-tokens.js';

export const challengeLifetimeSeconds = 5 * 60;

/** What a challenge may be used for. */
export type ChallengePurpose =
  /** The second step of a sign-in, after the right password. */
  | 'second-step'
  | 'passkey-registration'
  /** Signing in by a passkey alone. */
  | 'passkey-sign-in'
  /** A passkey as the second factor, or to confirm who is signed in. */
  | 'passkey-proof';

export interface Challenge {
  /** Signed; good for five minutes. */
  token: string;
  /** 256 random bits, base64url. */
  value: string;
}

export interface OpenChallenge {
  value: string;
  userId: string | null;
  /** What the issuer bound it to, besides the user. */
  binding: string | null;
}

const claimsSchema = z.object({
  jti: z.string().regex(/^[\w-]{43}$/),
  purpose: z.string(),
  sub: z.string().min(1).max(64).optional(),
  binding: z.string().max(128).optional(),
});

/**
 * Issues challenges and tickets that are used at most once. An unused one is stored nowhere: it carries its purpose and
 * expiry under a signature. So requests of strangers fill no store and displace nobody else's challenge, and any server
 * with the same keys accepts it. Only a use is written down.
 */
export class Challenges {
  private readonly tokens: SignedTokens;

  constructor(
    keys: KeySource,
    private readonly spent: SpentChallengeRepository,
    private readonly now: () => number,
  ) {
    this.tokens = new SignedTokens({
      keys,
      type: 'challenge+jwt',
      audience: 'kinora-challenge',
      lifetimeSeconds: challengeLifetimeSeconds,
      requiredClaims: ['jti', 'purpose'],
      now,
    });
  }

  async issue(
    purpose: ChallengePurpose,
    { userId, binding }: { userId?: string; binding?: string } = {},
  ): Promise<Challenge> {
    const value = randomBytes(32).toString('base64url');
    const claims = { jti: value, purpose, ...(userId && { sub: userId }), ...(binding && { binding }) };
    return { value, token: await this.tokens.sign(claims) };
  }

  /** Reads a challenge without using it up. Null for one that is forged, expired or meant for something else. */
  async read(token: string, purpose: ChallengePurpose): Promise<OpenChallenge | null> {
    const claims = claimsSchema.safeParse(await this.tokens.verify(token));
    if (!claims.success || claims.data.purpose !== purpose) return null;
    const { jti, sub, binding } = claims.data;
    return { value: jti, userId: sub ?? null, binding: binding ?? null };
  }

  /** Uses a challenge up. False when it was used before. */
  spend(challenge: OpenChallenge): Promise<boolean> {
    const { id, expiresAt } = this.useOf(challenge);
    return this.spent.spend(id, expiresAt, new Date(this.now()));
  }

  /** Returns what a transaction needs to use the challenge up together with something else. */
  useOf({ value }: OpenChallenge): ChallengeUse {
    // From now, not from its issue: kept a little too long, never too short.
    return { id: value, expiresAt: new Date(this.now() + challengeLifetimeSeconds * 1000) };
  }
}
