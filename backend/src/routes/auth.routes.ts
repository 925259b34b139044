import { requireUser } from '../middleware/auth.middleware.js';
import { sameOrigin } from '../middleware/same-origin.middleware.js';
import { UnauthenticatedError } from '../services/auth/auth.errors.js';
import type { AuthService } from '../services/auth/auth.service.js';
import { presentSession, presentSignedIn, presentUser } from './auth.presenter.js';
import { logoutRoute, meRoute, refreshRoute, revokeSessionRoute, sessionsRoute } from './auth.schemas.js';
import { createApi } from './create-api.js';
import type { KnownDeviceCookie } from './known-device-cookie.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestOrigin } from './request-origin.js';

export interface AuthRoutesOptions {
  auth: AuthService;
  refreshCookie: RefreshCookie;
  deviceCookie: KnownDeviceCookie;
  publicUrl: string | undefined;
}

/** Staying signed in, signing out, and where else the account is signed in. */
export function createAuthRoutes({ auth, refreshCookie, deviceCookie, publicUrl }: AuthRoutesOptions) {
  const api = createApi();
  const ownPagesOnly = sameOrigin({ publicUrl });
  api.use('/auth/refresh', ownPagesOnly);
  api.use('/auth/logout', ownPagesOnly);
  return api
    .openapi(refreshRoute, async (context) => {
      const token = refreshCookie.read(context);
      if (token === null) throw new UnauthenticatedError();
      const signedIn = await auth.refresh(token, requestOrigin(context));
      refreshCookie.write(context, signedIn.refresh);
      deviceCookie.write(context, signedIn.user);
      return context.json(presentSignedIn(signedIn), 200, noStore);
    })
    .openapi(logoutRoute, async (context) => {
      const token = refreshCookie.read(context);
      if (token !== null) await auth.logout(token, requestOrigin(context));
      refreshCookie.clear(context);
      return context.body(null, 204);
    })
    .openapi(sessionsRoute, async (context) => {
      const { userId, sessionId } = requireUser(context);
      const sessions = await auth.listSessions(userId);
      const items = sessions.map((session) => presentSession(session, sessionId));
      return context.json({ items }, 200);
    })
    .openapi(revokeSessionRoute, async (context) => {
      const { id } = context.req.valid('param');
      const principal = requireUser(context);
      await auth.revokeSession(id, principal, requestOrigin(context));
      if (id === principal.sessionId) refreshCookie.clear(context);
      return context.body(null, 204);
    })
    .openapi(meRoute, async (context) =>
      context.json(presentUser(await auth.getUser(requireUser(context))), 200),
    );
}

/** Tokens must not linger in a cache (RFC 6749 section 5.1). */
const noStore = { 'Cache-Control': 'no-store' };
