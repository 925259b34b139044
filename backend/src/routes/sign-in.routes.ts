import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import { sameOrigin } from '../middleware/same-origin.middleware.js';
import type { Reauthentication } from '../services/auth/second-factor/reauthentication.js';
import { type RelyingParty, relyingPartyOf } from '../services/auth/second-factor/relying-party.js';
import type { SignIn } from '../services/auth/second-factor/sign-in.js';
import { presentSignedIn } from './auth.presenter.js';
import { createApi } from './create-api.js';
import type { KnownDeviceCookie } from './known-device-cookie.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestOrigin } from './request-origin.js';
import { presentPasskeyRequest, presentSecondStep, readPasskeyAnswer } from './second-factor.presenter.js';
import {
  loginRoute,
  passkeyOptionsRoute,
  passkeySignInRoute,
  proveOptionsRoute,
  proveRoute,
  secondStepRoute,
} from './second-factor.schemas.js';

export interface SignInRoutesOptions {
  signIn: SignIn;
  reauthentication: Reauthentication;
  refreshCookie: RefreshCookie;
  deviceCookie: KnownDeviceCookie;
  publicUrl: string | undefined;
}

/** Signing in, in one step or two, and proving once more who is signed in. */
export function createSignInRoutes(options: SignInRoutesOptions) {
  const { signIn, reauthentication, refreshCookie, deviceCookie, publicUrl } = options;
  const api = createApi();
  const ownPagesOnly = sameOrigin({ publicUrl });
  for (const path of ['login', 'login/second-factor', 'passkey', 'passkey/options'])
    api.use(`/auth/${path}`, ownPagesOnly);
  return api
    .openapi(loginRoute, async (context) => {
      const site = siteOf(context, publicUrl);
      const origin = requestOrigin(context);
      const device = deviceCookie.read(context);
      const outcome = await signIn.login(context.req.valid('json'), site, origin, device);
      if (outcome.kind === 'second-factor') {
        return context.json(presentSecondStep(outcome, context.var.requestId), 401, {
          ...noStore,
          'Content-Type': 'application/problem+json',
          'WWW-Authenticate': 'Bearer',
        });
      }
      refreshCookie.write(context, outcome.signedIn.refresh);
      deviceCookie.write(context, outcome.signedIn.user);
      return context.json(presentSignedIn(outcome.signedIn), 200, noStore);
    })
    .openapi(secondStepRoute, async (context) => {
      const body = context.req.valid('json');
      const proof = 'passkey' in body ? { passkey: readPasskeyAnswer(body.passkey) } : body;
      const site = siteOf(context, publicUrl);
      const device = deviceCookie.read(context);
      const signedIn = await signIn.complete(body.ticket, proof, site, requestOrigin(context), device);
      refreshCookie.write(context, signedIn.refresh);
      deviceCookie.write(context, signedIn.user);
      return context.json(presentSignedIn(signedIn), 200, noStore);
    })
    .openapi(passkeyOptionsRoute, async (context) => {
      const request = await signIn.beginPasskey(siteOf(context, publicUrl));
      return context.json(presentPasskeyRequest(request), 200, noStore);
    })
    .openapi(passkeySignInRoute, async (context) => {
      const answer = readPasskeyAnswer(context.req.valid('json'));
      const signedIn = await signIn.loginByPasskey(
        answer,
        siteOf(context, publicUrl),
        requestOrigin(context),
      );
      refreshCookie.write(context, signedIn.refresh);
      deviceCookie.write(context, signedIn.user);
      return context.json(presentSignedIn(signedIn), 200, noStore);
    })
    .openapi(proveOptionsRoute, async (context) => {
      const options = await reauthentication.begin(requireUser(context), siteOf(context, publicUrl));
      const body = { ...options, passkey: options.passkey && presentPasskeyRequest(options.passkey) };
      return context.json(body, 200, noStore);
    })
    .openapi(proveRoute, async (context) => {
      const body = context.req.valid('json');
      const proof = 'passkey' in body ? { passkey: readPasskeyAnswer(body.passkey) } : body;
      const until = await reauthentication.prove(
        requireUser(context),
        proof,
        siteOf(context, publicUrl),
        requestOrigin(context),
      );
      return context.json({ until: until.toISOString() }, 200, noStore);
    });
}

/** The site that passkeys of this request belong to; null where there can be none. */
export function siteOf(context: Context<AppEnv>, publicUrl: string | undefined): RelyingParty | null {
  return relyingPartyOf({
    publicUrl,
    origin: context.req.header('Origin'),
    host: context.req.header('Host'),
  });
}

/** Tokens must not linger in a cache (RFC 6749 section 5.1). */
const noStore = { 'Cache-Control': 'no-store' };
