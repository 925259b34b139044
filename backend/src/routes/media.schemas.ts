import { createRoute, z } from '@hono/zod-openapi';
import { idParams, idSchema, json, pageOf, problems } from './common.schemas.js';

export const mediaTypeSchema = z.enum(['movie', 'show']);

export const mediaSummarySchema = z
  .object({
    id: idSchema,
    type: mediaTypeSchema,
    title: z.string(),
    year: z.number().int().nullable(),
    posterUrl: z.string().nullable().openapi({ description: 'Served by this server, 342 pixels wide' }),
    backdropUrl: z.string().nullable(),
    rating: z.number().nullable().openapi({ description: '0 to 10' }),
    runtimeSeconds: z.number().int().nullable(),
    overview: z.string(),
  })
  .openapi('MediaSummary');

export const homeSchema = z
  .object({
    rows: z.array(z.object({ id: z.string(), title: z.string(), items: z.array(mediaSummarySchema) })),
    catalogue: z.enum(['tmdb', 'open-films']).openapi({
      description: 'Where titles come from. `open-films` is the built-in list, used without a TMDB token',
    }),
    stale: z.boolean().openapi({ description: 'The provider did not answer; this is what was known before' }),
  })
  .openapi('Home');

export const movieSchema = mediaSummarySchema
  .extend({
    type: z.literal('movie'),
    originalTitle: z.string(),
    originalLanguage: z.string().nullable(),
    tagline: z.string(),
    releaseDate: z.iso.date().nullable(),
    certification: z.string().nullable(),
    genres: z.array(z.string()),
    directors: z.array(z.string()),
    cast: z.array(z.object({ name: z.string(), character: z.string() })),
    externalIds: z.object({
      tmdb: z.string().nullable(),
      imdb: z.string().nullable(),
      trakt: z.string().nullable(),
      archive: z.string().nullable(),
    }),
    stale: z.boolean(),
  })
  .openapi('Movie');

export const sourceSchema = z
  .object({
    id: idSchema,
    indexer: z.string(),
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
      .array(z.object({ name: z.string(), ok: z.boolean(), message: z.string().nullable() }))
      .openapi({ description: 'Who was asked and how it went; empty when no indexer is configured' }),
  })
  .openapi('SourceList');

export const homeRoute = createRoute({
  method: 'get',
  path: '/home',
  tags: ['catalogue'],
  security: [{ bearer: [] }],
  summary: 'Rows of the home page',
  responses: { 200: json(homeSchema, 'Rows, in the order to show'), ...problems(401, 502, 504) },
});

export const searchRoute = createRoute({
  method: 'get',
  path: '/search',
  tags: ['catalogue'],
  security: [{ bearer: [] }],
  summary: 'Find titles',
  request: {
    query: z.object({
      q: z.string().trim().min(1).max(200),
      type: mediaTypeSchema.optional(),
      page: z.coerce.number().int().min(1).max(500).default(1),
    }),
  },
  responses: {
    200: json(pageOf(mediaSummarySchema, 'MediaPage'), 'Titles, best match first'),
    ...problems(400, 401, 502, 504),
  },
});

export const movieRoute = createRoute({
  method: 'get',
  path: '/movies/{id}',
  tags: ['catalogue'],
  security: [{ bearer: [] }],
  summary: 'All about one film',
  request: { params: idParams },
  responses: { 200: json(movieSchema, 'The film'), ...problems(401, 404, 502, 504) },
});

export const movieSourcesRoute = createRoute({
  method: 'get',
  path: '/movies/{id}/sources',
  tags: ['catalogue'],
  security: [{ bearer: [] }],
  summary: 'Releases of a film, best first; searched on demand',
  request: { params: idParams },
  responses: { 200: json(sourceListSchema, 'Sources and how each indexer answered'), ...problems(401, 404) },
});
