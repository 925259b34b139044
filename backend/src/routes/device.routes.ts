import { randomBytes } from 'node:crypto';
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import { sameOrigin } from '../middleware/same-origin.middleware.js';
import type { AskingDevice, DeviceAnswer, DeviceSignIn } from '../services/auth/device-sign-in.js';
import { presentSignedIn } from './auth.presenter.js';
import { createApi } from './create-api.js';
import {
  type askingDeviceSchema,
  deviceApproveRoute,
  type deviceProblemSchema,
  deviceRoute,
  deviceTokenRoute,
} from './device.schemas.js';
import type { KnownDeviceCookie } from './known-device-cookie.js';
import type { RefreshCookie } from './refresh-cookie.js';
import { requestOrigin } from './request-origin.js';

export interface DeviceRoutesOptions {
  devices: DeviceSignIn;
  refreshCookie: RefreshCookie;
  deviceCookie: KnownDeviceCookie;
  publicUrl: string | undefined;
  https: boolean;
}

const bindingCookie = 'kinora_device';

/** Both sides of signing a TV in: the one that asks, and the one that allows it. */
export function createDeviceRoutes({
  devices,
  refreshCookie,
  deviceCookie,
  publicUrl,
  https,
}: DeviceRoutesOptions) {
  const api = createApi();
  const ownPagesOnly = sameOrigin({ publicUrl });
  api.use('/auth/device', ownPagesOnly);
  api.use('/auth/device/token', ownPagesOnly);
  return api
    .openapi(deviceRoute, (context) => {
      const codes = devices.begin(requestOrigin(context), bind(context, https));
      // Never from the Host header, which the client chooses: relative, unless the server knows its address.
      const page = `${publicUrl?.replace(/\/$/, '') ?? ''}/device`;
      const body = {
        ...codes,
        verificationUri: page,
        verificationUriComplete: `${page}?code=${codes.userCode}`,
      };
      return context.json(body, 200, noStore);
    })
    .openapi(deviceTokenRoute, async (context) => {
      const { deviceCode } = context.req.valid('json');
      const binding = getCookie(context, bindingCookie) ?? null;
      const answer = await devices.redeem(deviceCode, binding, requestOrigin(context));
      if (answer.kind !== 'signed-in') {
        const problem = presentProblem(answer, context.var.requestId);
        return context.json(problem, 400, { ...noStore, 'Content-Type': 'application/problem+json' });
      }
      refreshCookie.write(context, answer.signedIn.refresh);
      deviceCookie.write(context, answer.signedIn.user);
      return context.json(presentSignedIn(answer.signedIn), 200, noStore);
    })
    .openapi(deviceApproveRoute, async (context) => {
      const { userCode, decision } = context.req.valid('json');
      const [principal, origin] = [requireUser(context), requestOrigin(context)];
      const device =
        decision === 'look'
          ? await devices.look(userCode, principal, origin)
          : await devices.decide(userCode, decision === 'approve', principal, origin);
      return context.json(presentDevice(device), 200);
    });
}

const noStore = { 'Cache-Control': 'no-store' };

/** A browser (which names its origin with every POST) gets a cookie that the code is bound to. Other clients keep no cookies. */
function bind(context: Context<AppEnv>, secure: boolean): string | null {
  if (context.req.header('Origin') === undefined) return null;
  const binding = getCookie(context, bindingCookie) ?? randomBytes(32).toString('base64url');
  setCookie(context, bindingCookie, binding, {
    path: '/api/auth/device',
    httpOnly: true,
    sameSite: 'Strict',
    secure,
    maxAge: 20 * 60,
  });
  return binding;
}

const explanations = {
  authorization_pending: 'Nobody has allowed it yet.',
  slow_down: 'Too soon. Wait longer between two questions.',
  access_denied: 'Signing in was refused.',
  expired_token: 'The code has expired. Ask for a new one.',
  invalid_grant: 'There is no such code, or it has been used.',
} as const;

function presentProblem(
  answer: Exclude<DeviceAnswer, { kind: 'signed-in' }>,
  requestId: string,
): z.infer<typeof deviceProblemSchema> {
  return {
    type: `urn:kinora:problem:${answer.kind.replaceAll('_', '-')}`,
    title: 'Not signed in',
    status: 400,
    detail: explanations[answer.kind],
    code: answer.kind.replaceAll('_', '-'),
    requestId,
    error: answer.kind,
    ...('interval' in answer && { interval: answer.interval }),
  };
}

function presentDevice({ device, address, askedAt }: AskingDevice): z.infer<typeof askingDeviceSchema> {
  return { device, address, askedAt: askedAt.toISOString() };
}
