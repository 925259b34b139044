import type { z } from '@hono/zod-openapi';
import type { Session } from '../entities/session.entity.js';
import type { User } from '../entities/user.entity.js';
import type { SignedIn } from '../services/auth/auth.service.js';
import type { sessionSchema, signedInSchema, userSchema } from './auth.schemas.js';

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

/** @param currentId of the session that asks */
export function presentSession(
  { id, device, address, createdAt, lastUsedAt }: Session,
  currentId: string,
): z.infer<typeof sessionSchema> {
  return {
    id,
    device,
    address,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    current: id === currentId,
  };
}
