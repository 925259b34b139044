import { createRoute, z } from '@hono/zod-openapi';
import { idParams, idSchema, json, problems } from './common.schemas.js';

export const roleSchema = z.enum(['admin', 'user', 'child']);

export const userSchema = z
  .object({
    id: idSchema,
    username: z.string(),
    role: roleSchema,
    ageLimit: z.number().int().nullable().openapi({ description: 'Years; of a child' }),
    language: z
      .string()
      .nullable()
      .openapi({ description: 'Null leaves it to the browser', example: 'pt-BR' }),
    createdAt: z.iso.datetime(),
  })
  .openapi('User');

/** bcrypt reads 72 bytes; what is longer is hashed first (see services/auth/passwords.ts), so 1024 is only a guard. */
const passwordSchema = z.string().min(1).max(1024);

export const credentialsSchema = z
  .strictObject({ username: z.string().trim().min(1).max(64), password: passwordSchema })
  .openapi('Credentials');

export const newAccountSchema = z.strictObject({
  username: z
    .string()
    .trim()
    .min(2)
    .max(64)
    .regex(/^[\p{L}\p{N}._@-]+$/u, 'letters, digits, dot, dash, underscore and @ only'),
  password: passwordSchema.min(10, 'at least 10 characters'),
});

export const setupBodySchema = newAccountSchema
  .extend({
    code: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .openapi({ description: 'The one-time code the server printed at start' }),
  })
  .openapi('Setup');

export const signedInSchema = z
  .object({
    accessToken: z.string(),
    expiresIn: z.number().int().openapi({ description: 'Seconds the access token lives' }),
    user: userSchema,
  })
  .openapi('SignedIn');

export const sessionSchema = z
  .object({
    id: idSchema,
    device: z.string(),
    address: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    current: z.boolean(),
  })
  .openapi('Session');

export const setupStateRoute = createRoute({
  method: 'get',
  path: '/setup',
  tags: ['set-up'],
  summary: 'Whether the first administrator is missing',
  responses: { 200: json(z.object({ needed: z.boolean() }).openapi('SetupState'), 'State of the set-up') },
});

export const setupRoute = createRoute({
  method: 'post',
  path: '/setup',
  tags: ['set-up'],
  summary: 'Create the first administrator and sign in',
  request: { body: { content: { 'application/json': { schema: setupBodySchema } }, required: true } },
  responses: { 201: json(signedInSchema, 'Created and signed in'), ...problems(400, 403, 409, 429) },
});

export const refreshRoute = createRoute({
  method: 'post',
  path: '/auth/refresh',
  tags: ['accounts'],
  summary: 'A new access token for the refresh cookie, which is rotated',
  responses: { 200: json(signedInSchema, 'Still signed in'), ...problems(401) },
});

export const logoutRoute = createRoute({
  method: 'post',
  path: '/auth/logout',
  tags: ['accounts'],
  summary: 'End this session',
  responses: { 204: { description: 'Signed out' } },
});

export const sessionsRoute = createRoute({
  method: 'get',
  path: '/auth/sessions',
  tags: ['accounts'],
  security: [{ bearer: [] }],
  summary: 'Where this account is signed in',
  responses: {
    200: json(z.object({ items: z.array(sessionSchema) }), 'Sessions, latest use first'),
    ...problems(401),
  },
});

export const revokeSessionRoute = createRoute({
  method: 'delete',
  path: '/auth/sessions/{id}',
  tags: ['accounts'],
  security: [{ bearer: [] }],
  summary: 'End one of the own sessions',
  request: { params: idParams },
  responses: { 204: { description: 'Ended' }, ...problems(401, 404) },
});

export const meRoute = createRoute({
  method: 'get',
  path: '/me',
  tags: ['accounts'],
  security: [{ bearer: [] }],
  summary: 'Who is signed in',
  responses: { 200: json(userSchema, 'The account'), ...problems(401) },
});
