import type { z } from '@hono/zod-openapi';
import type { User } from '../entities/user.entity.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { UserService } from '../services/users/user.service.js';
import { presentSession, presentUser } from './auth.presenter.js';
import { createApi } from './create-api.js';
import { requestOrigin } from './request-origin.js';
import {
  createUserRoute,
  deleteUserRoute,
  endUserSessionRoute,
  endUserSessionsRoute,
  type managedUserSchema,
  updateMeRoute,
  updateUserRoute,
  userSessionsRoute,
  usersRoute,
} from './users.schemas.js';

export interface UserRoutesOptions {
  users: UserService;
}

/** The accounts of others, for administrators, and changing one's own. */
export function createUserRoutes({ users }: UserRoutesOptions) {
  return createApi()
    .openapi(usersRoute, async (context) => {
      const { page, pageSize } = context.req.valid('query');
      const { items, total } = await users.list({ page, pageSize });
      return context.json({ items: items.map(presentManagedUser), page, pageSize, total }, 200);
    })
    .openapi(createUserRoute, async (context) => {
      const user = await users.create(
        context.req.valid('json'),
        requireUser(context),
        requestOrigin(context),
      );
      return context.json(presentManagedUser(user), 201);
    })
    .openapi(updateUserRoute, async (context) => {
      const { id } = context.req.valid('param');
      const changes = context.req.valid('json');
      const user = await users.update(id, changes, requireUser(context), requestOrigin(context));
      return context.json(presentManagedUser(user), 200);
    })
    .openapi(deleteUserRoute, async (context) => {
      await users.delete(context.req.valid('param').id, requireUser(context), requestOrigin(context));
      return context.body(null, 204);
    })
    .openapi(userSessionsRoute, async (context) => {
      const { sessionId } = requireUser(context);
      const sessions = await users.listSessions(context.req.valid('param').id);
      return context.json({ items: sessions.map((session) => presentSession(session, sessionId)) }, 200);
    })
    .openapi(endUserSessionRoute, async (context) => {
      const { id, sessionId } = context.req.valid('param');
      await users.endSession(id, sessionId, requireUser(context), requestOrigin(context));
      return context.body(null, 204);
    })
    .openapi(endUserSessionsRoute, async (context) => {
      const { id } = context.req.valid('param');
      await users.endAllSessions(id, requireUser(context), requestOrigin(context));
      return context.body(null, 204);
    })
    .openapi(updateMeRoute, async (context) => {
      const user = await users.updateOwn(
        context.req.valid('json'),
        requireUser(context),
        requestOrigin(context),
      );
      return context.json(presentUser(user), 200);
    });
}

function presentManagedUser(user: User): z.infer<typeof managedUserSchema> {
  return { ...presentUser(user), disabled: user.disabledAt !== null };
}
