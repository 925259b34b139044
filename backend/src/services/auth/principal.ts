import type { UserRole } from '../../entities/user.entity.js';

/** Who is asking, as far as it was proven. */
export interface Principal {
  userId: string;
  username: string;
  role: UserRole;
  /** The device it comes from: one session, revocable by itself. */
  sessionId: string;
}
