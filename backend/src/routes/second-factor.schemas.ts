import { createRoute, z } from '@hono/zod-openapi';
import { secondFactorMethods } from '../services/auth/second-factor/sign-in.js';
import { credentialsSchema, signedInSchema } from './auth.schemas.js';
import { idParams, idSchema, json, problemSchema, problems } from './common.schemas.js';

const bytes = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[\w-]+$/, 'base64url');
const tokenSchema = z.string().min(1).max(4096);
const totpCodeSchema = z
  .string()
  .max(16)
  .transform((code) => code.replaceAll(' ', ''))
  .pipe(z.string().regex(/^\d{6}$/, 'six digits'))
  .openapi({ type: 'string', example: '492039' });

const descriptorSchema = z.object({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()),
});

/** https://w3c.github.io/webauthn/#dictdef-publickeycredentialrequestoptionsjson, as far as this server fills it. */
export const passkeyRequestSchema = z
  .object({
    token: tokenSchema.openapi({ description: 'To send back beside the answer of the browser' }),
    options: z.object({
      challenge: z.string(),
      timeout: z.number().int(),
      rpId: z.string(),
      allowCredentials: z.array(descriptorSchema).openapi({ description: 'Empty: any passkey of this site' }),
      userVerification: z.enum(['required', 'preferred', 'discouraged']),
    }),
  })
  .openapi('PasskeyRequest', { description: 'For `navigator.credentials.get`' });

/** https://w3c.github.io/webauthn/#dictdef-publickeycredentialcreationoptionsjson, as far as this server fills it. */
export const passkeyCreationSchema = z
  .object({
    token: tokenSchema,
    options: z.object({
      challenge: z.string(),
      timeout: z.number().int(),
      rp: z.object({ id: z.string(), name: z.string() }),
      user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
      pubKeyCredParams: z.array(z.object({ alg: z.number().int(), type: z.literal('public-key') })),
      excludeCredentials: z.array(descriptorSchema),
      authenticatorSelection: z.object({
        residentKey: z.enum(['required', 'preferred', 'discouraged']),
        userVerification: z.enum(['required', 'preferred', 'discouraged']),
      }),
      attestation: z.literal('none'),
    }),
  })
  .openapi('PasskeyCreation', { description: 'For `navigator.credentials.create`' });

const credentialIdSchema = bytes(1364);

export const passkeyAnswerSchema = z
  .strictObject({
    token: tokenSchema,
    response: z.object({
      id: credentialIdSchema,
      rawId: credentialIdSchema,
      type: z.literal('public-key'),
      response: z.object({
        clientDataJSON: bytes(4096),
        authenticatorData: bytes(4096),
        signature: bytes(8192),
        userHandle: bytes(128).optional(),
      }),
    }),
  })
  .openapi('PasskeyAnswer', { description: 'What the browser made of a PasskeyRequest' });

const passkeyNameSchema = z.string().trim().min(1).max(64);

export const newPasskeySchema = z
  .strictObject({
    token: tokenSchema,
    name: passkeyNameSchema,
    response: z.object({
      id: credentialIdSchema,
      rawId: credentialIdSchema,
      type: z.literal('public-key'),
      response: z.object({
        clientDataJSON: bytes(4096),
        attestationObject: bytes(16_384),
        transports: z.array(z.string().max(32)).max(8).optional(),
      }),
    }),
  })
  .openapi('NewPasskey');

export const passkeySchema = z
  .object({
    id: idSchema,
    name: z.string(),
    address: z.string().openapi({ description: 'Host name that it works at' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    suspectedAt: z.iso
      .datetime()
      .nullable()
      .openapi({ description: 'When a use was refused because the passkey may have been copied' }),
  })
  .openapi('Passkey');

const recoveryCodesSchema = z
  .array(z.string())
  .openapi({ description: 'Shown once; each stands in for a second factor once', example: ['BCDFG-HJKMN'] });

export const securitySchema = z
  .object({
    totp: z.object({ since: z.iso.datetime() }).nullable(),
    passkeys: z.array(passkeySchema),
    recoveryCodesLeft: z.number().int(),
    passkeyAddress: z
      .string()
      .nullable()
      .openapi({ description: 'The only address passkeys work at; null when that is where the page is' }),
  })
  .openapi('AccountSecurity');

export const secondStepSchema = problemSchema
  .extend({
    code: z.literal('second-factor-required'),
    ticket: tokenSchema.openapi({ description: 'Stands for the right password in the second step' }),
    expiresIn: z.number().int().openapi({ description: 'Seconds the ticket lives' }),
    methods: z.array(z.enum(secondFactorMethods)),
    passkey: passkeyRequestSchema.nullable(),
  })
  .openapi('SecondFactorRequired');

const secondProofSchema = z
  .union([
    z.strictObject({ ticket: tokenSchema, code: totpCodeSchema }),
    z.strictObject({ ticket: tokenSchema, recoveryCode: z.string().min(1).max(64) }),
    z.strictObject({ ticket: tokenSchema, passkey: passkeyAnswerSchema }),
  ])
  .openapi('SecondStep');

export const proofSchema = z
  .union([
    z.strictObject({ password: z.string().min(1).max(1024) }),
    z.strictObject({ code: totpCodeSchema }),
    z.strictObject({ recoveryCode: z.string().min(1).max(64) }),
    z.strictObject({ passkey: passkeyAnswerSchema }),
  ])
  .openapi('Proof', {
    description:
      'The password is accepted only for an account without second factors; any other proves one of them.',
  });

export const proofOptionsSchema = z
  .object({
    password: z.boolean().openapi({ description: 'True only for an account without second factors' }),
    totp: z.boolean(),
    recoveryCode: z.boolean(),
    passkey: passkeyRequestSchema.nullable(),
  })
  .openapi('ProofOptions');

const body = <T extends z.ZodType>(schema: T) => ({
  body: { content: { 'application/json': { schema } }, required: true },
});
const bearer = { security: [{ bearer: [] }] };

export const loginRoute = createRoute({
  method: 'post',
  path: '/auth/login',
  tags: ['accounts'],
  summary: 'Sign in; the refresh token comes as an HttpOnly cookie',
  description:
    'An account with a second factor answers 401 `second-factor-required` to the right password, with a ticket for `/auth/login/second-factor`. Any other 401 is a plain Problem.',
  request: body(credentialsSchema),
  responses: {
    200: json(signedInSchema, 'Signed in'),
    ...problems(400, 429),
    401: {
      content: { 'application/problem+json': { schema: z.union([problemSchema, secondStepSchema]) } },
      description: 'Wrong name or password; or the password is right and a second factor is wanted',
    },
  },
});

export const secondStepRoute = createRoute({
  method: 'post',
  path: '/auth/login/second-factor',
  tags: ['accounts'],
  summary: 'The second step of a sign-in: a code of the authenticator app, a recovery code or a passkey',
  request: body(secondProofSchema),
  responses: { 200: json(signedInSchema, 'Signed in'), ...problems(400, 401, 429) },
});

export const passkeyOptionsRoute = createRoute({
  method: 'post',
  path: '/auth/passkey/options',
  tags: ['accounts'],
  summary: 'Begin signing in by a passkey alone',
  responses: { 200: json(passkeyRequestSchema, 'For the browser'), ...problems(403, 409, 429) },
});

export const passkeySignInRoute = createRoute({
  method: 'post',
  path: '/auth/passkey',
  tags: ['accounts'],
  summary: 'Sign in by a passkey alone',
  request: body(passkeyAnswerSchema),
  responses: { 200: json(signedInSchema, 'Signed in'), ...problems(400, 401, 403, 429) },
});

export const proveRoute = createRoute({
  method: 'post',
  path: '/auth/reauthenticate',
  tags: ['accounts'],
  ...bearer,
  summary: 'Prove once more who is signed in, for routes that answer 401 `reauthentication-required`',
  request: body(proofSchema),
  responses: {
    200: json(z.object({ until: z.iso.datetime() }).openapi('RecentProof'), 'Until when that counts'),
    ...problems(400, 401, 429),
  },
});

export const proveOptionsRoute = createRoute({
  method: 'post',
  path: '/auth/reauthenticate/options',
  tags: ['accounts'],
  ...bearer,
  summary: 'What this account can prove itself with here',
  responses: {
    200: json(proofOptionsSchema, 'The options'),
    ...problems(401),
  },
});

export const securityRoute = createRoute({
  method: 'get',
  path: '/me/security',
  tags: ['accounts'],
  ...bearer,
  summary: 'The second factors of the own account',
  responses: { 200: json(securitySchema, 'Second factors'), ...problems(401) },
});

export const beginTotpRoute = createRoute({
  method: 'post',
  path: '/me/totp',
  tags: ['accounts'],
  ...bearer,
  summary: 'Begin to set an authenticator app up; it counts once a first code has confirmed it',
  responses: {
    200: json(
      z
        .object({
          secret: z.string().openapi({ description: 'Base32' }),
          uri: z.string().openapi({ description: '`otpauth://totp/…`' }),
        })
        .openapi('TotpSetUp'),
      'For the app',
    ),
    ...problems(401, 409),
  },
});

export const confirmTotpRoute = createRoute({
  method: 'post',
  path: '/me/totp/confirm',
  tags: ['accounts'],
  ...bearer,
  summary: 'Turn the authenticator app on with its first code',
  request: body(z.strictObject({ code: totpCodeSchema }).openapi('TotpCode')),
  responses: {
    200: json(z.object({ recoveryCodes: recoveryCodesSchema.nullable() }).openapi('FactorAdded'), 'On'),
    ...problems(400, 401, 409, 429),
  },
});

export const removeTotpRoute = createRoute({
  method: 'delete',
  path: '/me/totp',
  tags: ['accounts'],
  ...bearer,
  summary: 'Remove the authenticator app',
  responses: { 204: { description: 'Removed' }, ...problems(401, 404) },
});

export const renewRecoveryCodesRoute = createRoute({
  method: 'post',
  path: '/me/recovery-codes',
  tags: ['accounts'],
  ...bearer,
  summary: 'Ten new recovery codes; earlier ones are void',
  responses: {
    200: json(z.object({ recoveryCodes: recoveryCodesSchema }).openapi('RecoveryCodes'), 'Shown once'),
    ...problems(401, 409),
  },
});

export const beginPasskeyRoute = createRoute({
  method: 'post',
  path: '/me/passkeys/options',
  tags: ['accounts'],
  ...bearer,
  summary: 'Begin to add a passkey',
  responses: { 200: json(passkeyCreationSchema, 'For the browser'), ...problems(401, 409) },
});

export const addPasskeyRoute = createRoute({
  method: 'post',
  path: '/me/passkeys',
  tags: ['accounts'],
  ...bearer,
  summary: 'Add a passkey',
  request: body(newPasskeySchema),
  responses: {
    201: json(
      z
        .object({ passkey: passkeySchema, recoveryCodes: recoveryCodesSchema.nullable() })
        .openapi('PasskeyAdded'),
      'Added',
    ),
    ...problems(400, 401, 409),
  },
});

export const renamePasskeyRoute = createRoute({
  method: 'patch',
  path: '/me/passkeys/{id}',
  tags: ['accounts'],
  ...bearer,
  summary: 'Rename a passkey',
  request: {
    params: idParams,
    ...body(z.strictObject({ name: passkeyNameSchema }).openapi('PasskeyChanges')),
  },
  responses: { 200: json(passkeySchema, 'Renamed'), ...problems(400, 401, 404) },
});

export const removePasskeyRoute = createRoute({
  method: 'delete',
  path: '/me/passkeys/{id}',
  tags: ['accounts'],
  ...bearer,
  summary: 'Remove a passkey',
  request: { params: idParams },
  responses: { 204: { description: 'Removed' }, ...problems(401, 404) },
});

export const resetSecondFactorRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/second-factor',
  tags: ['users'],
  ...bearer,
  summary: 'Remove the second factors of an account whose owner has lost them',
  request: { params: idParams },
  responses: { 204: { description: 'Removed, or there was none' }, ...problems(401, 403, 404) },
});
