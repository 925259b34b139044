import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { Session } from '../entities/session.entity.js';
import { User } from '../entities/user.entity.js';

/** An account, and the session that acts for it, as they were when something was decided. */
export interface AuthorizationSnapshot {
  userId: string;
  securityVersion: number;
  /** Null when no session was involved, as when a password was checked. */
  sessionId: string | null;
}

/**
 * Returns whether a decision may still be written: the account exists, is not disabled, has not changed since, and the
 * session has not ended. Call it inside the write that depends on it, because hashing a password takes a quarter of a
 * second, in which the account may be reset.
 */
export async function isCurrent(
  manager: EntityManager,
  { userId, securityVersion, sessionId }: AuthorizationSnapshot,
  now: Date,
): Promise<boolean> {
  const account = { id: userId, securityVersion, disabledAt: IsNull() };
  if (!(await manager.existsBy(User, account))) return false;
  if (sessionId === null) return true;
  return manager.existsBy(Session, { id: sessionId, userId, revokedAt: IsNull(), expiresAt: MoreThan(now) });
}
