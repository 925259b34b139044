import { z } from 'zod';
import type { KeySource } from '../../encryption/secrets.js';
import { GrantInvalidError } from './auth.errors.js';
import { SignedTokens } from './signed-tokens.js';

export const grantLifetimeSeconds = 6 * 60 * 60;

/** One user's permission to read one play's bytes, for as long as the session it was begun in stands. */
export interface PlaybackGrant {
  playbackId: string;
  userId: string;
  sessionId: string;
}

/** Tells whether a session of that user still stands. */
export type SessionCheck = (sessionId: string, userId: string) => Promise<boolean>;

const grantSchema = z.object({
  playbackId: z.string().min(1).max(64),
  userId: z.string().min(1).max(64),
  sessionId: z.string().min(1).max(64),
});

/**
 * The part of a stream's address that stands for the permission, since a video element sends no header. It opens
 * nothing but that stream, and being in an address it must not appear in logs (see the request context).
 */
export class PlaybackGrants {
  private readonly tokens: SignedTokens;

  constructor(
    keys: KeySource,
    private readonly isLive: SessionCheck,
    now: () => number,
  ) {
    this.tokens = new SignedTokens({
      keys,
      type: 'grant+jwt',
      audience: 'kinora-stream',
      lifetimeSeconds: grantLifetimeSeconds,
      requiredClaims: ['playbackId', 'userId', 'sessionId'],
      now,
    });
  }

  sign({ playbackId, userId, sessionId }: PlaybackGrant): Promise<string> {
    return this.tokens.sign({ playbackId, userId, sessionId });
  }

  /** @throws GrantInvalidError when it is forged or expired, or the session has ended or its user was disabled. */
  async verify(grant: string): Promise<PlaybackGrant> {
    const claims = grantSchema.safeParse(await this.tokens.verify(grant));
    if (!claims.success) throw new GrantInvalidError();
    if (!(await this.isLive(claims.data.sessionId, claims.data.userId))) throw new GrantInvalidError();
    return claims.data;
  }
}
