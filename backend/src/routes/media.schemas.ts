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
    posterColor: z
      .string()
      .nullable()
      .openapi({ description: 'What to show until the poster is there', example: '#203040' }),
    backdropUrl: z.string().nullable(),
    rating: z.number().nullable().openapi({ description: '0 to 10' }),
    runtimeSeconds: z.number().int().nullable().openapi({ description: 'Of a series: of a typical episode' }),
    overview: z.string(),
  })
  .openapi('MediaSummary');

export const homeRowKindSchema = z
  .enum(['continue', 'provider', 'trakt', 'library', 'genre', 'list'])
  .openapi({ description: '`continue` has no items here: the page fills it from /api/continue-watching' });

export const homeSchema = z
  .object({
    rows: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        kind: homeRowKindSchema,
        items: z.array(mediaSummarySchema),
      }),
    ),
    catalogue: z.enum(['tmdb', 'open-films']).openapi({
      description:
        'Where titles come from. `open-films`: public-domain and openly licensed films only, for there is no TMDB token',
    }),
    stale: z.boolean().openapi({ description: 'The provider did not answer; this is what was known before' }),
  })
  .openapi('Home');

export const homeRowSchema = z
  .object({ id: z.string(), title: z.string(), kind: homeRowKindSchema, shown: z.boolean() })
  .openapi('HomeRow');

export const homeRowsSchema = z.object({ rows: z.array(homeRowSchema) }).openapi('HomeRows');

export const videoSchema = z
  .object({
    name: z.string(),
    kind: z.string().openapi({ example: 'Trailer' }),
    url: z.string().openapi({ description: 'At the site that plays it; a link for people' }),
    site: z.string(),
    language: z.string().nullable(),
    official: z.boolean(),
  })
  .openapi('Video');

export const creditSchema = z
  .object({
    personId: idSchema,
    name: z.string(),
    role: z.string().openapi({ description: 'The character, or the job' }),
    profileUrl: z.string().nullable(),
  })
  .openapi('Credit');

const titleFields = {
  originalTitle: z.string(),
  originalLanguage: z.string().nullable(),
  tagline: z.string(),
  releaseDate: z.iso.date().nullable().openapi({ description: 'Of a series: of its first episode' }),
  certification: z.string().nullable(),
  genres: z.array(z.string()),
  cast: z.array(z.object({ name: z.string(), character: z.string() })),
  credits: z.object({ cast: z.array(creditSchema), crew: z.array(creditSchema) }),
  videos: z.array(videoSchema),
  listIds: z.array(z.string()).openapi({ description: 'Own lists that hold it' }),
  stale: z.boolean(),
};

export const movieSchema = mediaSummarySchema
  .extend({
    ...titleFields,
    type: z.literal('movie'),
    directors: z.array(z.string()),
    licenseUrl: z
      .string()
      .nullable()
      .openapi({ description: 'Under which licence the Internet Archive offers it' }),
    externalIds: z.object({
      tmdb: z.string().nullable(),
      imdb: z.string().nullable(),
      trakt: z.string().nullable(),
      archive: z.string().nullable(),
    }),
  })
  .openapi('Movie');

export const seasonSummarySchema = z
  .object({
    id: idSchema,
    number: z.number().int().openapi({ description: '0 holds the specials' }),
    title: z.string(),
    overview: z.string(),
    airDate: z.iso.date().nullable(),
    posterUrl: z.string().nullable(),
    episodeCount: z.number().int(),
  })
  .openapi('SeasonSummary');

const episodeHintSchema = z.object({
  seasonNumber: z.number().int(),
  number: z.number().int(),
  title: z.string(),
  airDate: z.iso.date().nullable(),
});

export const showSchema = mediaSummarySchema
  .extend({
    ...titleFields,
    type: z.literal('show'),
    status: z.string().nullable().openapi({ example: 'Returning Series' }),
    lastAirDate: z.iso.date().nullable(),
    creators: z.array(z.string()),
    networks: z.array(z.string()),
    seasonCount: z.number().int().nullable().openapi({ description: 'Without the specials' }),
    episodeCount: z.number().int().nullable(),
    lastEpisode: episodeHintSchema.nullable(),
    nextEpisode: episodeHintSchema.nullable().openapi({ description: 'What is to come' }),
    seasons: z.array(seasonSummarySchema).openapi({ description: 'By number, the specials first' }),
    externalIds: z.object({
      tmdb: z.string().nullable(),
      imdb: z.string().nullable(),
      tvdb: z.string().nullable(),
      trakt: z.string().nullable(),
      archive: z.string().nullable(),
    }),
  })
  .openapi('Show');

export const episodeSchema = z
  .object({
    id: idSchema,
    seasonNumber: z.number().int(),
    number: z.number().int().openapi({ description: 'May have gaps, and need not begin at 1' }),
    title: z.string(),
    overview: z.string(),
    airDate: z.iso.date().nullable(),
    hasAired: z.boolean().openapi({ description: 'False also when nobody knows' }),
    runtimeSeconds: z.number().int().nullable(),
    stillUrl: z.string().nullable(),
    rating: z.number().nullable(),
    kind: z.string().nullable().openapi({ example: 'finale' }),
  })
  .openapi('Episode');

export const seasonSchema = seasonSummarySchema
  .extend({
    show: mediaSummarySchema,
    episodes: z.array(episodeSchema).openapi({ description: 'By number' }),
    stale: z.boolean(),
  })
  .openapi('Season');

export const personSummarySchema = z
  .object({
    id: idSchema,
    name: z.string(),
    knownFor: z.string().nullable().openapi({ example: 'Acting' }),
    profileUrl: z.string().nullable(),
  })
  .openapi('PersonSummary');

export const personSchema = personSummarySchema
  .extend({
    biography: z.string(),
    birthday: z.iso.date().nullable(),
    deathday: z.iso.date().nullable(),
    birthplace: z.string().nullable(),
    work: z
      .array(z.object({ kind: z.enum(['cast', 'crew']), role: z.string(), title: mediaSummarySchema }))
      .openapi({ description: 'Best known first' }),
    stale: z.boolean(),
  })
  .openapi('Person');

export const genreSchema = z
  .object({ id: z.string(), name: z.string(), types: z.array(mediaTypeSchema) })
  .openapi('Genre');

const staleField = {
  totalIsLeast: z
    .boolean()
    .openapi({ description: 'There are more than `total`: counting goes only so far' }),
  stale: z.boolean().openapi({ description: 'The provider did not answer; this is what is known here' }),
};

export const mediaPageSchema = pageOf(mediaSummarySchema, 'MediaList')
  .extend(staleField)
  .openapi('MediaPage');

export const searchPageSchema = mediaPageSchema
  .extend({ people: z.array(personSummarySchema).openapi({ description: 'On the first page only' }) })
  .openapi('SearchPage');

const catalogue = { tags: ['catalogue'], security: [{ bearer: [] }] };

export const homeRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/home',
  summary: 'Rows of the home page, as the user has chosen and ordered them',
  responses: { 200: json(homeSchema, 'Rows, in the order to show'), ...problems(401, 502, 504) },
});

export const homeRowsRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/home/rows',
  summary: 'All rows the home page can have, in the order of the user',
  responses: { 200: json(homeRowsSchema, 'Rows'), ...problems(401) },
});

export const setHomeRowsRoute = createRoute({
  ...catalogue,
  method: 'put',
  path: '/home/rows',
  summary: 'Choose and order the rows of the home page; those not named stand behind, as they come',
  request: {
    body: {
      content: {
        'application/json': {
          schema: z
            .strictObject({
              rows: z.array(z.strictObject({ id: z.string().min(1).max(100), shown: z.boolean() })).max(300),
            })
            .openapi('HomeRowChanges'),
        },
      },
      required: true,
    },
  },
  responses: { 200: json(homeRowsSchema, 'Rows'), ...problems(400, 401) },
});

export const searchRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/search',
  summary: 'Find films, series and people',
  request: {
    query: z.object({
      q: z.string().trim().min(1).max(200),
      type: mediaTypeSchema.optional(),
      page: z.coerce.number().int().min(1).max(500).default(1),
    }),
  },
  responses: {
    200: json(searchPageSchema, 'Titles, best match first'),
    ...problems(400, 401, 502, 504),
  },
});

const yearSchema = z.coerce.number().int().min(1870).max(2100);

export const discoverRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/discover',
  summary: 'Titles by genre, years, rating and language',
  request: {
    query: z.object({
      type: mediaTypeSchema.default('movie'),
      genre: z
        .string()
        .regex(/^[\p{L}\p{N}-]{1,64}$/u)
        .optional()
        .openapi({ description: 'Id of a genre', example: 'comedy' }),
      year: yearSchema.optional().openapi({ description: 'Stands for yearFrom and yearTo' }),
      yearFrom: yearSchema.optional(),
      yearTo: yearSchema.optional(),
      rating: z.coerce.number().min(0).max(10).optional().openapi({ description: 'At least' }),
      language: z
        .string()
        .regex(/^[a-z]{2}$/)
        .optional()
        .openapi({ description: 'ISO 639-1, of the original' }),
      source: z
        .enum(['all', 'public-domain'])
        .default('all')
        .openapi({ description: '`public-domain`: only what may be watched freely' }),
      sort: z.enum(['popularity', 'rating', 'newest', 'title']).default('popularity'),
      page: z.coerce.number().int().min(1).max(500).default(1),
    }),
  },
  responses: { 200: json(mediaPageSchema, 'Titles'), ...problems(400, 401) },
});

export const genresRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/genres',
  summary: 'Genres to choose from, by name',
  responses: { 200: json(z.object({ items: z.array(genreSchema) }), 'Genres'), ...problems(401) },
});

export const movieRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/movies/{id}',
  summary: 'All about one film',
  request: { params: idParams },
  responses: { 200: json(movieSchema, 'The film'), ...problems(401, 404, 502, 504) },
});

const similarSchema = z.object({ items: z.array(mediaSummarySchema) });

export const similarMoviesRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/movies/{id}/similar',
  summary: 'What those like who like the film',
  request: { params: idParams },
  responses: { 200: json(similarSchema, 'Up to twenty titles'), ...problems(401, 404) },
});

export const showRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/shows/{id}',
  summary: 'All about one series',
  request: { params: idParams },
  responses: { 200: json(showSchema, 'The series'), ...problems(401, 404) },
});

export const similarShowsRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/shows/{id}/similar',
  summary: 'What those like who like the series',
  request: { params: idParams },
  responses: { 200: json(similarSchema, 'Up to twenty titles'), ...problems(401, 404) },
});

export const seasonParams = idParams.extend({
  season: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .openapi({ param: { name: 'season', in: 'path' } }),
});

export const seasonRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/shows/{id}/seasons/{season}',
  summary: 'A season with its episodes',
  request: { params: seasonParams },
  responses: { 200: json(seasonSchema, 'The season'), ...problems(400, 401, 404) },
});

export const personRoute = createRoute({
  ...catalogue,
  method: 'get',
  path: '/people/{id}',
  summary: 'Somebody who made films or series, or plays in them',
  request: { params: idParams },
  responses: { 200: json(personSchema, 'The person'), ...problems(401, 404) },
});
