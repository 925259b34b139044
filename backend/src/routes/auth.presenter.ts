import type { z } from '@hono/zod-openapi';
import type { User } from '../entities/user.entity.js';
import type { SignedIn } from '../services/auth/auth.service.js';
import type { signedInSchema, userSchema } from './auth.schemas.js';

export function presentUser({
  id,
  username,
  role,
  ageLimit,
  language,
  createdAt,
}: User): z.infer<typeof userSchema> {
  return { id, username, role, ageLimit, language, createdAt: createdAt.toISOString() };
}

/** The refresh token is not part of the body: it travels in its cookie only. */
export function presentSignedIn({ accessToken, expiresIn, user }: SignedIn): z.infer<typeof signedInSchema> {
  return { accessToken, expiresIn, user: presentUser(user) };
}
