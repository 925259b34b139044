import { createRoute, z } from '@hono/zod-openapi';
import { idParams, idSchema, json, problems } from './common.schemas.js';
import { seasonParams } from './media.schemas.js';

export const sourceSchema = z
  .object({
    id: idSchema,
    indexer: z.string().openapi({ description: 'The one that told of it first' }),
    indexers: z.array(z.string()).openapi({ description: 'All that know it' }),
    title: z.string(),
    infoHash: z.string(),
    resolution: z.string().nullable().openapi({ example: '1080p' }),
    sizeBytes: z.number().int().nullable(),
    seeders: z.number().int().nullable(),
    leechers: z.number().int().nullable(),
    videoCodec: z.string().nullable().openapi({ example: 'h264' }),
    audioCodec: z.string().nullable(),
    score: z.number(),
    reasons: z.array(z.string()).openapi({ description: 'Why it stands where it stands, best first' }),
  })
  .openapi('Source');

export const sourceListSchema = z
  .object({
    items: z.array(sourceSchema),
    indexers: z
      .array(
        z.object({
          name: z.string(),
          state: z.enum(['asking', 'ok', 'failed']),
          ok: z.boolean().openapi({ description: 'False when it failed' }),
          message: z.string().nullable(),
          results: z.number().int().nullable().openapi({ description: 'Releases it has of the title' }),
          ms: z.number().int().nullable().openapi({ description: 'Null when an earlier answer still holds' }),
        }),
      )
      .openapi({ description: 'Who is asked and how it went; empty when no indexer is on' }),
    refused: z
      .array(z.object({ title: z.string(), indexer: z.string(), reason: z.string() }))
      .openapi({ description: 'What was found and is not offered, and why' }),
    notes: z
      .array(z.string())
      .openapi({ description: 'Sentences for people: who could have it and is not asked' }),
    done: z.boolean().openapi({ description: 'False while indexers are still being asked' }),
  })
  .openapi('SourceList');

/** What the client plays, for ranking. Absent: what about every browser plays. */
export const viewerQuery = z.object({
  videoCodecs: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: 'Comma separated', example: 'h264,vp9' }),
  audioCodecs: z.string().max(200).optional(),
  containers: z.string().max(200).optional(),
  bitsPerSecond: z.coerce.number().int().min(1).max(1e12).optional(),
});

export const movieSourcesRoute = createRoute({
  method: 'get',
  path: '/movies/{id}/sources',
  tags: ['sources'],
  security: [{ bearer: [] }],
  summary: 'Releases of a film, best first, when every indexer has answered',
  request: { params: idParams, query: viewerQuery },
  responses: {
    200: json(sourceListSchema, 'Sources and how each indexer answered'),
    ...problems(400, 401, 404),
  },
});

export const episodeSourcesRoute = createRoute({
  method: 'get',
  path: '/shows/{id}/seasons/{season}/episodes/{episode}/sources',
  tags: ['sources'],
  security: [{ bearer: [] }],
  summary: 'Releases that hold an episode, packs among them, best first',
  request: {
    params: seasonParams.extend({
      episode: z.coerce
        .number()
        .int()
        .min(0)
        .max(100_000)
        .openapi({ param: { name: 'episode', in: 'path' } }),
    }),
    query: viewerQuery,
  },
  responses: {
    200: json(sourceListSchema, 'Sources and how each indexer answered'),
    ...problems(400, 401, 404),
  },
});

export const watchMovieSourcesRoute = createRoute({
  method: 'get',
  path: '/movies/{id}/sources/stream',
  tags: ['sources'],
  security: [{ bearer: [] }],
  summary:
    'The same as it grows: server-sent events named `sources`, each with the whole list; ends when all have answered',
  request: { params: idParams, query: viewerQuery },
  responses: {
    200: {
      content: { 'text/event-stream': { schema: z.string() } },
      description: 'At once what is known, then again with each answer; the data is a SourceList',
    },
    ...problems(400, 401, 404),
  },
});
