import { createRoute, z } from '@hono/zod-openapi';
import { idParams, idSchema, json, problems } from './common.schemas.js';

const nameSchema = z.string().trim().min(1).max(64);
const urlsSchema = z.array(z.url({ protocol: /^https?$/ }).max(500)).max(10);
const apiKeySchema = z.string().trim().min(1).max(500).nullable();
const categoriesSchema = z.array(z.number().int().min(0).max(999_999)).max(50);

export const indexerSchema = z
  .object({
    id: idSchema,
    kind: z.string().openapi({ example: 'torznab' }),
    label: z.string().openapi({ description: 'The kind, for people' }),
    name: z.string(),
    origin: z.enum(['added', 'built-in', 'configuration']).openapi({
      description: 'Only those that were added can be changed or deleted; all can be ordered and switched',
    }),
    enabled: z.boolean(),
    urls: z.array(z.string()),
    hasApiKey: z.boolean().openapi({ description: 'The key itself is never told' }),
    categories: z.array(z.number().int()),
    searches: z.number().int(),
    failures: z.number().int(),
    responseMs: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'Mean of about the last five searches that went well' }),
    resultsPerSearch: z.number().nullable(),
    lastError: z
      .string()
      .nullable()
      .openapi({ description: 'What went wrong with the last search; null when nothing did' }),
    lastErrorAt: z.iso.datetime().nullable(),
    lastOkAt: z.iso.datetime().nullable(),
  })
  .openapi('Indexer');

export const indexerKindSchema = z
  .object({
    kind: z.string(),
    label: z.string(),
    takesSeveralUrls: z.boolean(),
    takesApiKey: z.boolean(),
  })
  .openapi('IndexerKind');

export const indexersSchema = z
  .object({
    items: z.array(indexerSchema).openapi({ description: 'In the order they count' }),
    kinds: z.array(indexerKindSchema).openapi({ description: 'What can be added' }),
  })
  .openapi('Indexers');

export const newIndexerSchema = z
  .strictObject({
    kind: z.string().min(1).max(32),
    name: nameSchema,
    urls: urlsSchema.min(1),
    apiKey: apiKeySchema.default(null),
    categories: categoriesSchema.default([]),
    enabled: z.boolean().default(true),
  })
  .openapi('NewIndexer');

export const indexerChangesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    urls: urlsSchema.min(1).optional(),
    apiKey: apiKeySchema.optional().openapi({ description: 'Left out: stays; null: is taken away' }),
    categories: categoriesSchema.optional(),
    enabled: z.boolean().optional(),
  })
  .openapi('IndexerChanges');

export const indexerTestSchema = z
  .object({ ok: z.boolean(), message: z.string(), ms: z.number().int() })
  .openapi('IndexerTest');

const admin = { tags: ['indexers'], security: [{ bearer: [] }] };

export const indexersRoute = createRoute({
  method: 'get',
  path: '/admin/indexers',
  ...admin,
  summary: 'All indexers, how they do, and what can be added',
  responses: { 200: json(indexersSchema, 'Indexers'), ...problems(401, 403) },
});

export const addIndexerRoute = createRoute({
  method: 'post',
  path: '/admin/indexers',
  ...admin,
  summary: 'Add an indexer',
  request: { body: { content: { 'application/json': { schema: newIndexerSchema } }, required: true } },
  responses: { 201: json(indexerSchema, 'Added'), ...problems(400, 401, 403, 404, 409) },
});

export const testNewIndexerRoute = createRoute({
  method: 'post',
  path: '/admin/indexers/test',
  ...admin,
  summary: 'Try an indexer before it is added; that it fails is an answer',
  request: { body: { content: { 'application/json': { schema: newIndexerSchema } }, required: true } },
  responses: { 200: json(indexerTestSchema, 'How it went'), ...problems(400, 401, 403, 404) },
});

export const orderIndexersRoute = createRoute({
  method: 'put',
  path: '/admin/indexers/order',
  ...admin,
  summary: 'Put the indexers in order: of two that know a release the first counts',
  request: {
    body: {
      content: { 'application/json': { schema: z.strictObject({ ids: z.array(idSchema).min(1).max(100) }) } },
      required: true,
    },
  },
  responses: { 200: json(indexersSchema, 'In their new order'), ...problems(400, 401, 403, 404) },
});

export const updateIndexerRoute = createRoute({
  method: 'patch',
  path: '/admin/indexers/{id}',
  ...admin,
  summary: 'Change an indexer, or switch it on or off',
  request: {
    params: idParams,
    body: { content: { 'application/json': { schema: indexerChangesSchema } }, required: true },
  },
  responses: { 200: json(indexerSchema, 'Changed'), ...problems(400, 401, 403, 404, 409) },
});

export const deleteIndexerRoute = createRoute({
  method: 'delete',
  path: '/admin/indexers/{id}',
  ...admin,
  summary: 'Delete an indexer that was added',
  request: { params: idParams },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 403, 404, 409) },
});

export const testIndexerRoute = createRoute({
  method: 'post',
  path: '/admin/indexers/{id}/test',
  ...admin,
  summary: 'Try an indexer; that it fails is an answer',
  request: { params: idParams },
  responses: { 200: json(indexerTestSchema, 'How it went'), ...problems(401, 403, 404) },
});
