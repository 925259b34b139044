import { newId } from '../entities/id.js';
import { User } from '../entities/user.entity.js';
import { usernameKey } from '../repositories/user.repository.js';

/** A user as stored; the password hash fits no password unless one is given. */
export function aUser(overrides: Partial<User> = {}): User {
  const now = new Date();
  const id = overrides.id ?? newId();
  const username = overrides.username ?? id;
  return Object.assign(new User(), {
    id,
    username,
    usernameKey: usernameKey(username),
    passwordHash: 'x'.repeat(60),
    role: 'user',
    ageLimit: null,
    language: null,
    disabledAt: null,
    securityVersion: 0,
    createdAt: now,
    updatedAt: now,
    ...overrides,
  });
}
