import { createRoute, z } from '@hono/zod-openapi';
import { settingGroups } from '../services/settings/setting-definition.js';
import { settingKinds } from '../services/settings/setting-view.js';
import { json, pageOf, pageQuery, problems } from './common.schemas.js';

const nameSchema = z.string().openapi({ example: 'LOG_LEVEL', description: 'As in the environment' });

export const settingSchema = z
  .object({
    name: nameSchema,
    group: z.enum(settingGroups),
    title: z.string().openapi({ description: 'What people call it' }),
    meaning: z.string(),
    allowed: z.string().openapi({ description: 'What may be written, in words' }),
    kind: z.enum(settingKinds),
    choices: z.array(z.string()).openapi({ description: 'Of a choice' }),
    secret: z.boolean(),
    isSet: z.boolean(),
    value: z
      .string()
      .nullable()
      .openapi({ description: 'As it would be written; null for a secret, and when there is none' }),
    fallback: z.string().nullable().openapi({ description: 'The same without anybody setting it' }),
    source: z.string().openapi({ description: 'Where it was read', example: 'environment variable' }),
    isStored: z.boolean().openapi({ description: 'Whether it was set through this API' }),
    unchangeable: z
      .string()
      .nullable()
      .openapi({ description: 'Why it cannot be changed here; null when it can' }),
    live: z.boolean().openapi({ description: 'A change holds at once; otherwise from the next start' }),
    restartPending: z.boolean().openapi({ description: 'What is set does not hold before the next start' }),
    question: z
      .string()
      .nullable()
      .openapi({ description: 'How the set-up explains it; null when it does not ask' }),
  })
  .openapi('Setting');

export const settingsSchema = z
  .object({
    groups: z.array(
      z.object({
        id: z.enum(settingGroups),
        title: z.string(),
        canBeTested: z.boolean(),
      }),
    ),
    settings: z.array(settingSchema),
  })
  .openapi('Settings');

const valuesSchema = z
  .record(
    z.string().min(1).max(64),
    z.union([
      z.string().max(8_192),
      z.number(),
      z.boolean(),
      z.array(z.string().max(2_048)).max(100),
      z.null(),
    ]),
  )
  .refine((values) => Object.keys(values).length <= 100, 'are too many at once')
  .openapi({
    description: 'By name. Null leaves a setting to the configuration file or the default',
    example: { LOG_LEVEL: 'debug', YTS_API_URL: null },
  });

const force = z
  .boolean()
  .default(false)
  .openapi({ description: 'Store it although its service cannot be asked just now' });

export const settingsPatchSchema = z.strictObject({ values: valuesSchema, force }).openapi('SettingChanges');

export const settingsTestSchema = z
  .strictObject({ group: z.enum(settingGroups), values: valuesSchema.default({}) })
  .openapi('SettingTest');

export const settingFindingsSchema = z
  .object({
    findings: z.array(
      z.object({
        subject: z.string(),
        verdict: z.enum(['ok', 'note', 'broken']),
        text: z.string(),
        mayPass: z.boolean().openapi({ description: 'The other side is away just now' }),
      }),
    ),
  })
  .openapi('SettingFindings');

export const settingRevisionSchema = z
  .object({
    number: z.number().int(),
    at: z.iso.datetime(),
    authorId: z.string(),
    authorName: z.string(),
    undoes: z.number().int().nullable().openapi({ description: 'The revision that it takes back' }),
    changes: z.array(
      z.object({
        name: nameSchema,
        secret: z.boolean(),
        wasSet: z.boolean(),
        isSet: z.boolean(),
        before: z.string().nullable().openapi({ description: 'Null for secrets, and when it was not set' }),
        after: z.string().nullable(),
      }),
    ),
  })
  .openapi('SettingRevision');

const common = { tags: ['settings'], security: [{ bearer: [] }] };

const body = <T extends z.ZodType>(schema: T) => ({
  content: { 'application/json': { schema } },
  required: true as const,
});

export const settingsRoute = createRoute({
  ...common,
  method: 'get',
  path: '/admin/settings',
  summary: 'All settings: what holds, where it was read, and whether it can be changed here',
  responses: { 200: json(settingsSchema, 'Settings'), ...problems(401, 403) },
});

export const updateSettingsRoute = createRoute({
  ...common,
  method: 'patch',
  path: '/admin/settings',
  summary: 'Change settings, all or none; each is tried on its service first',
  request: { body: body(settingsPatchSchema) },
  responses: { 200: json(settingsSchema, 'Changed'), ...problems(400, 401, 403, 409, 422) },
});

export const testSettingsRoute = createRoute({
  ...common,
  method: 'post',
  path: '/admin/settings/test',
  summary: 'Try a group of settings with these values, and change nothing',
  request: { body: body(settingsTestSchema) },
  responses: { 200: json(settingFindingsSchema, 'What was found'), ...problems(400, 401, 403) },
});

export const settingRevisionsRoute = createRoute({
  ...common,
  method: 'get',
  path: '/admin/settings/revisions',
  summary: 'Who changed what, latest first',
  request: { query: pageQuery },
  responses: {
    200: json(pageOf(settingRevisionSchema, 'SettingRevisions'), 'Revisions'),
    ...problems(400, 401, 403),
  },
});

export const rollBackSettingsRoute = createRoute({
  ...common,
  method: 'post',
  path: '/admin/settings/revisions/{number}/rollback',
  summary: 'Set what a revision changed back to what it was before; checked like any change',
  request: {
    params: z.object({
      number: z.coerce
        .number()
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .openapi({ param: { name: 'number', in: 'path' } }),
    }),
    body: body(z.strictObject({ force }).openapi('SettingRollback')),
  },
  responses: { 200: json(settingsSchema, 'Rolled back'), ...problems(400, 401, 403, 404, 409, 422) },
});
