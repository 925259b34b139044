import { createRoute, z } from '@hono/zod-openapi';
import { newAccountSchema, roleSchema, sessionSchema, userSchema } from './auth.schemas.js';
import { idParams, idSchema, json, pageOf, pageQuery, problems } from './common.schemas.js';

const ageLimitSchema = z.number().int().min(0).max(18).nullable().openapi({
  description: 'Years. Of a child: titles for older people are hidden. Null for everyone else',
});

export const managedUserSchema = userSchema
  .extend({
    disabled: z.boolean().openapi({ description: 'Cannot sign in' }),
    hasSecondFactor: z.boolean(),
  })
  .openapi('ManagedUser');

export const newUserBodySchema = newAccountSchema
  .extend({ role: roleSchema.default('user'), ageLimit: ageLimitSchema.optional() })
  .openapi('NewUser');

export const userChangesSchema = z
  .strictObject({
    username: newAccountSchema.shape.username.optional(),
    password: newAccountSchema.shape.password.optional(),
    role: roleSchema.optional(),
    ageLimit: ageLimitSchema.optional(),
    disabled: z.boolean().optional(),
  })
  .openapi('UserChanges');

export const ownChangesSchema = z
  .strictObject({
    username: newAccountSchema.shape.username.optional(),
    language: z
      .string()
      .regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'a language such as `it` or `pt-BR`')
      .nullable()
      .optional(),
    password: newAccountSchema.shape.password.optional(),
    currentPassword: z.string().min(1).max(1024).optional(),
  })
  .openapi('OwnChanges');

export const usersRoute = createRoute({
  method: 'get',
  path: '/users',
  tags: ['users'],
  security: [{ bearer: [] }],
  summary: 'All accounts, by name',
  request: { query: pageQuery },
  responses: { 200: json(pageOf(managedUserSchema, 'UserPage'), 'Accounts'), ...problems(400, 401, 403) },
});

export const createUserRoute = createRoute({
  method: 'post',
  path: '/users',
  tags: ['users'],
  security: [{ bearer: [] }],
  summary: 'Make an account',
  request: { body: { content: { 'application/json': { schema: newUserBodySchema } }, required: true } },
  responses: { 201: json(managedUserSchema, 'Made'), ...problems(400, 401, 403, 409, 429) },
});

export const updateUserRoute = createRoute({
  method: 'patch',
  path: '/users/{id}',
  tags: ['users'],
  security: [{ bearer: [] }],
  summary: 'Change an account; a new password, and disabling, sign it out everywhere',
  request: {
    params: idParams,
    body: { content: { 'application/json': { schema: userChangesSchema } }, required: true },
  },
  responses: { 200: json(managedUserSchema, 'Changed'), ...problems(400, 401, 403, 404, 409, 429) },
});

export const deleteUserRoute = createRoute({
  method: 'delete',
  path: '/users/{id}',
  tags: ['users'],
  security: [{ bearer: [] }],
  summary: 'Delete an account with all that belongs to it; the audit log stays',
  request: { params: idParams },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 403, 404, 409) },
});

export const userSessionsRoute = createRoute({
  method: 'get',
  path: '/users/{id}/sessions',
  tags: ['users'],
  security: [{ bearer: [] }],
  summary: 'Where an account is signed in',
  request: { params: idParams },
  responses: {
    200: json(z.object({ items: z.array(sessionSchema) }), 'Sessions, latest use first'),
    ...problems(401, 403, 404),
  },
});

export const endUserSessionRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/sessions/{sessionId}',
  tags: ['users'],
  security: [{ bearer: [] }],
  summary: 'End one session of an account',
  request: {
    params: idParams.extend({ sessionId: idSchema.openapi({ param: { name: 'sessionId', in: 'path' } }) }),
  },
  responses: { 204: { description: 'Ended' }, ...problems(401, 403, 404) },
});

export const endUserSessionsRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/sessions',
  tags: ['users'],
  security: [{ bearer: [] }],
  summary: 'End all sessions of an account; the own present one stays',
  request: { params: idParams },
  responses: { 204: { description: 'Ended' }, ...problems(401, 403, 404) },
});

export const exportMeRoute = createRoute({
  method: 'get',
  path: '/me/export',
  tags: ['accounts'],
  security: [{ bearer: [] }],
  summary: 'Everything stored about the own account, without secrets',
  responses: {
    200: { description: 'A JSON file: an object with an array for each kind of data' },
    ...problems(401, 429),
  },
});

export const deleteMeRoute = createRoute({
  method: 'delete',
  path: '/me',
  tags: ['accounts'],
  security: [{ bearer: [] }],
  summary: 'Delete the own account with all that belongs to it; the last administrator cannot',
  responses: { 204: { description: 'Deleted' }, ...problems(401, 409) },
});

export const updateMeRoute = createRoute({
  method: 'patch',
  path: '/me',
  tags: ['accounts'],
  security: [{ bearer: [] }],
  summary: 'Change the own account; a new password needs the old one and ends the other sessions',
  request: { body: { content: { 'application/json': { schema: ownChangesSchema } }, required: true } },
  responses: { 200: json(userSchema, 'Changed'), ...problems(400, 401, 409, 429) },
});
