import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { AuthService } from '../services/auth/auth.service.js';
import type { Passkeys } from '../services/auth/second-factor/passkeys.js';
import { relyingPartyOf } from '../services/auth/second-factor/relying-party.js';
import type { SecondFactors } from '../services/auth/second-factor/second-factors.js';
import { createApi } from './create-api.js';
import { requestOrigin } from './request-origin.js';
import { presentDescriptor, presentPasskey, readRegistration } from './second-factor.presenter.js';
import {
  addPasskeyRoute,
  beginPasskeyRoute,
  beginTotpRoute,
  confirmTotpRoute,
  removePasskeyRoute,
  removeTotpRoute,
  renamePasskeyRoute,
  renewRecoveryCodesRoute,
  resetSecondFactorRoute,
  securityRoute,
} from './second-factor.schemas.js';
import { siteOf } from './sign-in.routes.js';

export interface SecondFactorRoutesOptions {
  auth: AuthService;
  factors: SecondFactors;
  passkeys: Passkeys;
  publicUrl: string | undefined;
}

/** The second factors of the own account, and taking away those of another. */
export function createSecondFactorRoutes({ auth, factors, passkeys, publicUrl }: SecondFactorRoutesOptions) {
  const owner = (context: Context<AppEnv>) => auth.getUser(requireUser(context));
  // Known without a request only when PUBLIC_URL says it.
  const passkeyAddress = relyingPartyOf({ publicUrl, origin: undefined, host: undefined })?.origin ?? null;
  return createApi()
    .openapi(securityRoute, async (context) => {
      const summary = await factors.summarize(requireUser(context).userId);
      const body = {
        totp: summary.totpSince && { since: summary.totpSince.toISOString() },
        passkeys: summary.passkeys.map(presentPasskey),
        recoveryCodesLeft: summary.recoveryCodesLeft,
        passkeyAddress,
      };
      return context.json(body, 200, noStore);
    })
    .openapi(beginTotpRoute, async (context) =>
      context.json(await factors.beginTotp(await owner(context)), 200, noStore),
    )
    .openapi(confirmTotpRoute, async (context) => {
      const { code } = context.req.valid('json');
      const { sessionId } = requireUser(context);
      const origin = requestOrigin(context);
      const recoveryCodes = await factors.confirmTotp(await owner(context), sessionId, code, origin);
      return context.json({ recoveryCodes }, 200, noStore);
    })
    .openapi(removeTotpRoute, async (context) => {
      await factors.removeTotp(await owner(context), requestOrigin(context));
      return context.body(null, 204);
    })
    .openapi(renewRecoveryCodesRoute, async (context) => {
      const recoveryCodes = await factors.renewRecoveryCodes(await owner(context), requestOrigin(context));
      return context.json({ recoveryCodes }, 200, noStore);
    })
    .openapi(beginPasskeyRoute, async (context) => {
      const { token, options } = await passkeys.beginRegistration(
        await owner(context),
        siteOf(context, publicUrl),
      );
      const { challenge, timeout = 0, rp, user, pubKeyCredParams, excludeCredentials = [] } = options;
      const body = {
        token,
        options: {
          challenge,
          timeout,
          rp: { id: rp.id ?? '', name: rp.name },
          user,
          pubKeyCredParams: pubKeyCredParams.map(({ alg }) => ({ alg, type: 'public-key' as const })),
          excludeCredentials: excludeCredentials.map(presentDescriptor),
          authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' } as const,
          attestation: 'none' as const,
        },
      };
      return context.json(body, 200, noStore);
    })
    .openapi(addPasskeyRoute, async (context) => {
      const { token, name, response } = context.req.valid('json');
      const { passkey, recoveryCodes } = await passkeys.register(
        await owner(context),
        siteOf(context, publicUrl),
        { token, name, response: readRegistration({ response }) },
        requestOrigin(context),
      );
      return context.json({ passkey: presentPasskey(passkey), recoveryCodes }, 201, noStore);
    })
    .openapi(renamePasskeyRoute, async (context) => {
      const { name } = context.req.valid('json');
      const passkey = await passkeys.rename(context.req.valid('param').id, await owner(context), name);
      return context.json(presentPasskey(passkey), 200, noStore);
    })
    .openapi(removePasskeyRoute, async (context) => {
      await passkeys.remove(context.req.valid('param').id, await owner(context), requestOrigin(context));
      return context.body(null, 204);
    })
    .openapi(resetSecondFactorRoute, async (context) => {
      await factors.reset(context.req.valid('param').id, requireUser(context), requestOrigin(context));
      return context.body(null, 204);
    });
}

const noStore = { 'Cache-Control': 'no-store' };
