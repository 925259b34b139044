import type { z } from '@hono/zod-openapi';
import type { User } from '../entities/user.entity.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { SecondFactors } from '../services/auth/second-factor/second-factors.js';
import type { OwnData } from '../services/users/own-data.js';
import type { UserService } from '../services/users/user.service.js';
import { presentSession, presentUser } from './auth.presenter.js';
import { createApi } from './create-api.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestOrigin } from './request-origin.js';
import {
  createUserRoute,
  deleteMeRoute,
  deleteUserRoute,
  endUserSessionRoute,
  endUserSessionsRoute,
  exportMeRoute,
  type managedUserSchema,
  updateMeRoute,
  updateUserRoute,
  userSessionsRoute,
  usersRoute,
} from './users.schemas.js';

export interface UserRoutesOptions {
  users: UserService;
  factors: SecondFactors;
  ownData: OwnData;
  refreshCookie: RefreshCookie;
}

/** The accounts of others, for administrators, and changing one's own. */
export function createUserRoutes({ users, factors, ownData, refreshCookie }: UserRoutesOptions) {
  const presentOne = async (user: User) => presentManagedUser(user, await factors.listProtected([user.id]));
  return createApi()
    .openapi(usersRoute, async (context) => {
      const { page, pageSize } = context.req.valid('query');
      const { items, total } = await users.list({ page, pageSize });
      const secured = await factors.listProtected(items.map(({ id }) => id));
      const presented = items.map((user) => presentManagedUser(user, secured));
      return context.json({ items: presented, page, pageSize, total }, 200);
    })
    .openapi(createUserRoute, async (context) => {
      const user = await users.create(
        context.req.valid('json'),
        requireUser(context),
        requestOrigin(context),
      );
      return context.json(await presentOne(user), 201);
    })
    .openapi(updateUserRoute, async (context) => {
      const { id } = context.req.valid('param');
      const changes = context.req.valid('json');
      const user = await users.update(id, changes, requireUser(context), requestOrigin(context));
      return context.json(await presentOne(user), 200);
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
    .openapi(exportMeRoute, async (context) => {
      const texts = await ownData.export(requireUser(context), requestOrigin(context));
      return context.body(streamOf(texts), 200, {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Disposition': 'attachment; filename="kinora-account.json"',
        'Cache-Control': 'no-store',
      });
    })
    .openapi(deleteMeRoute, async (context) => {
      const principal = requireUser(context);
      await users.delete(principal.userId, principal, requestOrigin(context));
      refreshCookie.clear(context);
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

function presentManagedUser(user: User, secured: ReadonlySet<string>): z.infer<typeof managedUserSchema> {
  return {
    ...presentUser(user),
    disabled: user.disabledAt !== null,
    hasSecondFactor: secured.has(user.id),
  };
}

/** Pulls the next text when the client has taken the one before. */
function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await texts.next();
        if (text.done === true) controller.close();
        else controller.enqueue(encoder.encode(text.value));
      },
      async cancel() {
        await texts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
