import type { SessionRepository, SessionWithUser } from '../../repositories/session.repository.js';
import { ageLimitOf, type Principal } from './principal.js';
import { isLive } from './refresh-tokens.js';

/** Returns the principals of those of the sessions that are live. */
export async function findLivePrincipals(
  sessions: SessionRepository,
  sessionIds: readonly string[],
  now: number,
): Promise<Principal[]> {
  const found = await sessions.listWithUsers(sessionIds);
  return found.filter((one) => isLive(one, now)).map(principalOf);
}

export function principalOf({ session, user }: SessionWithUser): Principal {
  const { id: userId, username, role, language, securityVersion } = user;
  return {
    userId,
    username,
    role,
    ageLimit: ageLimitOf(user),
    language,
    sessionId: session.id,
    authenticatedAt: session.authenticatedAt,
    securityVersion,
  };
}
