import type { User, UserRole } from '../../entities/user.entity.js';
import type { AuthorizationSnapshot } from '../../repositories/authorization-snapshot.js';

/** Who is asking, as far as it was proven. */
export interface Principal {
  userId: string;
  username: string;
  role: UserRole;
  /** Years; null sees everything. A child always has one. */
  ageLimit: number | null;
  /** Chosen by the user, over what the browser says. */
  language: string | null;
  /** The device it comes from: one session, revocable by itself. */
  sessionId: string;
  /** Version of the account as it was read; null for the operator at the command line, who needs no session. */
  securityVersion: number | null;
  /** When this session's user last proved who they are; null when that was on another device, or never here. */
  authenticatedAt: Date | null;
}

/** What must still hold when something that the principal decided is written; null when nothing must. */
export function snapshotOf({
  userId,
  sessionId,
  securityVersion,
}: Pick<Principal, 'userId' | 'sessionId' | 'securityVersion'>): AuthorizationSnapshot | null {
  return securityVersion === null ? null : { userId, sessionId, securityVersion };
}

/** Whether someone may see less than before. Limits in years; null sees everything. */
export function isNarrower(before: number | null, now: number | null): boolean {
  return now !== null && (before === null || now < before);
}

/** Up to which age titles are shown. A child without a limit is shown what is for everyone, never everything. */
export function ageLimitOf({ role, ageLimit }: Pick<User, 'role' | 'ageLimit'>): number | null {
  return role === 'child' ? (ageLimit ?? 0) : null;
}
