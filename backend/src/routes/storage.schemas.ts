import { createRoute, z } from '@hono/zod-openapi';
import { idParams, json, problems } from './common.schemas.js';

const bytesSchema = z.number().int().min(0);

export const storageItemSchema = z
  .object({
    id: z.string(),
    title: z.string().openapi({ description: 'As it was called when it was last played' }),
    infoHash: z
      .string()
      .nullable()
      .openapi({ description: 'Null for a folder that no known torrent belongs to' }),
    mediaId: z.string().nullable(),
    bytes: bytesSchema.openapi({ description: 'What it takes of the disk' }),
    bucketBytes: bytesSchema.openapi({ description: 'What it takes of the bucket that servers share' }),
    lengthBytes: bytesSchema.nullable().openapi({ description: 'All there is of it' }),
    files: z
      .array(z.object({ index: z.number().int(), bytes: bytesSchema }))
      .openapi({ description: 'The same for each file that has something, by its place in the torrent' }),
    lastUsedAt: z.iso.datetime().nullable(),
    usedBy: z.array(z.string()).openapi({ description: 'User names, latest first' }),
    pinned: z.boolean().openapi({ description: 'Never removed to make room' }),
    playing: z.boolean(),
    nextToGo: z.boolean().openapi({ description: 'Goes first when room is needed' }),
  })
  .openapi('StorageItem');

export const storageSchema = z
  .object({
    items: z.array(storageItemSchema),
    totalBytes: bytesSchema,
    limitBytes: bytesSchema,
    freeBytes: bytesSchema.openapi({ description: 'Left on the disk' }),
    minFreeBytes: bytesSchema.openapi({ description: 'What has to stay free on the disk' }),
    bucket: z
      .object({
        isReachable: z.boolean(),
        totalBytes: bytesSchema,
        limitBytes: bytesSchema.nullable().openapi({ description: 'Null for as much as comes' }),
      })
      .nullable()
      .openapi({ description: 'The bucket that servers share; null when there is none' }),
  })
  .openapi('Storage');

export const storagePatchSchema = z.strictObject({ pinned: z.boolean() }).openapi('StorageChanges');

export const storageRoute = createRoute({
  method: 'get',
  path: '/admin/storage',
  tags: ['storage'],
  security: [{ bearer: [] }],
  summary: 'What is stored of torrents, least recently used first',
  responses: { 200: json(storageSchema, 'What is stored'), ...problems(401, 403) },
});

export const updateStorageRoute = createRoute({
  method: 'patch',
  path: '/admin/storage/{id}',
  tags: ['storage'],
  security: [{ bearer: [] }],
  summary: 'Pin or unpin what is stored of a torrent',
  request: {
    params: idParams,
    body: { content: { 'application/json': { schema: storagePatchSchema } }, required: true },
  },
  responses: { 200: json(storageItemSchema, 'Changed'), ...problems(400, 401, 403, 404) },
});

export const deleteStorageRoute = createRoute({
  method: 'delete',
  path: '/admin/storage/{id}',
  tags: ['storage'],
  security: [{ bearer: [] }],
  summary: 'Delete what is stored of a torrent, and who played it; not while it is being played',
  request: { params: idParams },
  responses: { 204: { description: 'Deleted' }, ...problems(401, 403, 404, 409) },
});
