import { z } from 'zod';
import type { KeySource } from '../../encryption/secrets.js';
import { newId } from '../../entities/id.js';
import { userRoles } from '../../entities/user.entity.js';
import { UnauthenticatedError } from './auth.errors.js';
import type { Principal } from './principal.js';
import { SignedTokens } from './signed-tokens.js';

export const accessTokenLifetimeSeconds = 15 * 60;

const claimsSchema = z.object({
  sub: z.string().min(1).max(64),
  sid: z.string().min(1).max(64),
  role: z.enum(userRoles),
  jti: z.string().min(1).max(64),
});

export type AccessClaims = z.infer<typeof claimsSchema>;

/**
 * What a client shows with every request (RFC 9068 in shape). It names the user and the session; whether that session
 * still stands is asked of the database, so a token is worth nothing after its session has ended.
 */
export class AccessTokens {
  private readonly tokens: SignedTokens;

  constructor(keys: KeySource, now: () => number) {
    this.tokens = new SignedTokens({
      keys,
      type: 'at+jwt',
      audience: 'kinora-api',
      lifetimeSeconds: accessTokenLifetimeSeconds,
      requiredClaims: ['sub', 'sid', 'role', 'jti'],
      now,
    });
  }

  issue({ userId, sessionId, role }: Pick<Principal, 'userId' | 'sessionId' | 'role'>): Promise<string> {
    return this.tokens.sign({ sub: userId, sid: sessionId, role, jti: newId() });
  }

  /** @throws UnauthenticatedError */
  async verify(token: string): Promise<AccessClaims> {
    const claims = claimsSchema.safeParse(await this.tokens.verify(token));
    if (!claims.success) throw new UnauthenticatedError();
    return claims.data;
  }
}
