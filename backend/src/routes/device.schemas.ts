import { createRoute, z } from '@hono/zod-openapi';
import { signedInSchema } from './auth.schemas.js';
import { json, problemSchema, problems } from './common.schemas.js';

export const deviceCodesSchema = z
  .object({
    deviceCode: z.string().openapi({ description: 'For the device alone, to ask with' }),
    userCode: z.string().openapi({ description: 'To show', example: 'WDJB-MJHT' }),
    verificationUri: z.string().openapi({
      description:
        'Where to type the code. With PUBLIC_URL an absolute address; without it `/device`, to be resolved against the ' +
        'address by which the client reached this server',
      example: '/device',
    }),
    verificationUriComplete: z.string().openapi({
      description: 'The same with the code in it, for a QR code',
      example: '/device?code=WDJB-MJHT',
    }),
    expiresIn: z.number().int().openapi({ description: 'Seconds' }),
    interval: z.number().int().openapi({ description: 'Seconds to wait between two questions' }),
  })
  .openapi('DeviceCodes');

/** Problem details with the error codes of RFC 8628 section 3.5. */
export const deviceProblemSchema = problemSchema
  .extend({
    error: z.enum(['authorization_pending', 'slow_down', 'access_denied', 'expired_token', 'invalid_grant']),
    interval: z
      .number()
      .int()
      .optional()
      .openapi({ description: 'Seconds to wait before the next question' }),
  })
  .openapi('DeviceProblem');

export const askingDeviceSchema = z
  .object({ device: z.string(), address: z.string().nullable(), askedAt: z.iso.datetime() })
  .openapi('AskingDevice');

export const deviceRoute = createRoute({
  method: 'post',
  path: '/auth/device',
  tags: ['accounts'],
  summary: 'Ask to be signed in from another screen (RFC 8628)',
  responses: { 200: json(deviceCodesSchema, 'Codes, good for ten minutes'), ...problems(429) },
});

export const deviceTokenRoute = createRoute({
  method: 'post',
  path: '/auth/device/token',
  tags: ['accounts'],
  summary: 'Ask whether it has been allowed; the refresh token comes as an HttpOnly cookie',
  request: {
    body: {
      content: { 'application/json': { schema: z.strictObject({ deviceCode: z.string().min(1).max(128) }) } },
      required: true,
    },
  },
  responses: {
    200: json(signedInSchema, 'Signed in'),
    400: {
      content: { 'application/problem+json': { schema: deviceProblemSchema } },
      description: 'Not yet, too fast, refused, too late, or no such code; see `error`',
    },
    ...problems(429),
  },
});

export const deviceApproveRoute = createRoute({
  method: 'post',
  path: '/auth/device/approve',
  tags: ['accounts'],
  security: [{ bearer: [] }],
  summary: 'See which device shows a code, allow it to sign in as you, or refuse',
  request: {
    body: {
      content: {
        'application/json': {
          schema: z.strictObject({
            userCode: z.string().trim().min(1).max(32),
            decision: z.enum(['look', 'approve', 'deny']).default('approve'),
          }),
        },
      },
      required: true,
    },
  },
  responses: {
    200: json(askingDeviceSchema, 'The device the code belongs to'),
    ...problems(400, 401, 404, 429),
  },
});
