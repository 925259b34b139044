import { sameOrigin } from '../middleware/same-origin.middleware.js';
import type { AuthService } from '../services/auth/auth.service.js';
import type { SetupService } from '../services/auth/setup.service.js';
import { presentSignedIn } from './auth.presenter.js';
import { setupRoute, setupStateRoute } from './auth.schemas.js';
import { createApi } from './create-api.js';
import type { KnownDeviceCookie } from './known-device-cookie.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestOrigin } from './request-origin.js';

export interface SetupRoutesOptions {
  setup: SetupService;
  auth: AuthService;
  refreshCookie: RefreshCookie;
  deviceCookie: KnownDeviceCookie;
  publicUrl: string | undefined;
}

/** The first administrator, who is signed in at once. */
export function createSetupRoutes({
  setup,
  auth,
  refreshCookie,
  deviceCookie,
  publicUrl,
}: SetupRoutesOptions) {
  const api = createApi();
  api.on('POST', '/setup', sameOrigin({ publicUrl }));
  return api
    .openapi(setupStateRoute, async (context) => context.json({ needed: await setup.isNeeded() }, 200))
    .openapi(setupRoute, async (context) => {
      const { code, username, password } = context.req.valid('json');
      const origin = requestOrigin(context);
      const user = await setup.createFirstAdministrator(code, { username, password }, origin);
      const signedIn = await auth.startSession(user, origin);
      refreshCookie.write(context, signedIn.refresh);
      deviceCookie.write(context, signedIn.user);
      return context.json(presentSignedIn(signedIn), 201, { 'Cache-Control': 'no-store' });
    });
}
