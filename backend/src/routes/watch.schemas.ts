import { createRoute, z } from '@hono/zod-openapi';
import { idParams, idSchema, json, pageOf, pageQuery, problems } from './common.schemas.js';
import { mediaTypeSchema } from './media.schemas.js';

const seasonNumber = z.number().int().min(0).max(10_000);
const episodeNumber = z.number().int().min(0).max(100_000);
const seconds = z.number().min(0).max(1_000_000);
/** Made by the player; ours need no more. */
const eventId = z.string().regex(/^[\w.-]{8,48}$/);
const device = z.string().regex(/^[\w.-]{1,40}$/);

const place = {
  positionSeconds: seconds,
  durationSeconds: seconds,
  state: z.enum(['playing', 'paused', 'finished']).default('playing'),
  season: seasonNumber.optional().openapi({ description: 'With `episode`, when the id is that of a show' }),
  episode: episodeNumber.optional(),
  id: eventId.optional().openapi({ description: 'Names this save; telling it twice changes nothing' }),
  sitting: eventId.optional().openapi({ description: 'One sitting in front of the player' }),
  device: device.optional().openapi({ description: 'Names the device, beyond one sign-in' }),
};
const bothOrNeither = ({ season, episode }: { season?: number | undefined; episode?: number | undefined }) =>
  (season === undefined) === (episode === undefined);
const episodeFault = { path: ['episode'], message: 'season and episode go together' };

export const progressBodySchema = z
  .strictObject(place)
  .refine(bothOrNeither, episodeFault)
  .openapi('ProgressSave');

export const progressBatchSchema = z
  .strictObject({
    sentAt: z.iso.datetime().openapi({ description: 'Now, by the clock that `at` was read from' }),
    saves: z
      .array(
        z
          .strictObject({ ...place, mediaId: idSchema, id: eventId, at: z.iso.datetime() })
          .refine(bothOrNeither, episodeFault),
      )
      .min(1)
      .max(200),
  })
  .openapi('ProgressBatch');

const ownRating = z.number().int().nullable().openapi({ description: 'The own one, 1 to 10' });

export const progressSchema = z
  .object({
    mediaId: idSchema,
    watched: z.boolean().openapi({ description: 'Of a show: every episode that was broadcast' }),
    plays: z.number().int(),
    watchedAt: z.iso.datetime().nullable(),
    rating: ownRating,
    next: z
      .object({
        season: z.number().int().nullable(),
        episode: z.number().int().nullable(),
        resumeAtSeconds: z.number().nullable(),
        durationSeconds: z.number().nullable(),
      })
      .nullable()
      .openapi({ description: 'What to play now, and from where; null for a film that was not begun' }),
    episodes: z.array(
      z.object({
        season: z.number().int(),
        episode: z.number().int(),
        positionSeconds: z.number().nullable(),
        durationSeconds: z.number().nullable(),
        fraction: z.number().openapi({ description: '0 to 1' }),
        watched: z.boolean(),
        watchedAt: z.iso.datetime().nullable(),
        rating: ownRating,
      }),
    ),
  })
  .openapi('Progress');

export const savedSchema = z
  .object({
    positionSeconds: z.number().nullable(),
    durationSeconds: z.number().nullable(),
    inProgress: z.boolean().openapi({ description: 'There is a place to go on from' }),
    watched: z.boolean(),
  })
  .openapi('SavedProgress');

const shownTitle = {
  mediaId: idSchema,
  type: mediaTypeSchema,
  title: z.string(),
  year: z.number().int().nullable(),
  posterUrl: z.string().nullable(),
  backdropUrl: z.string().nullable(),
  season: z.number().int().nullable(),
  episode: z.number().int().nullable(),
  episodeTitle: z.string().nullable(),
};

export const continueItemSchema = z
  .object({
    ...shownTitle,
    reason: z.enum(['resume', 'next']),
    positionSeconds: z.number().nullable(),
    durationSeconds: z.number().nullable(),
    lastActivityAt: z.iso.datetime(),
  })
  .openapi('ContinueItem');

export const historyItemSchema = z
  .object({
    ...shownTitle,
    id: z.string(),
    watchedAt: z.iso.datetime(),
    origin: z.enum(['player', 'manual', 'trakt']),
  })
  .openapi('HistoryItem');

export const changeSchema = z
  .object({ changeId: z.string().openapi({ description: 'Undoes this change' }) })
  .openapi('WatchChange');

export const markBodySchema = z
  .strictObject({
    mediaId: idSchema,
    season: seasonNumber.optional().openapi({ description: 'Alone: the whole season' }),
    episode: episodeNumber.optional(),
    watched: z.boolean(),
  })
  .refine(({ season, episode }) => episode === undefined || season !== undefined, episodeFault)
  .openapi('WatchMark');

export const ratingBodySchema = z
  .strictObject({
    rating: z.number().int().min(1).max(10).nullable().openapi({ description: 'Null takes it back' }),
    season: seasonNumber.optional().openapi({ description: 'With `episode`, for one episode of a series' }),
    episode: episodeNumber.optional(),
  })
  .refine(bothOrNeither, episodeFault)
  .openapi('RatingChange');

const mediaParams = z.object({ mediaId: idSchema.openapi({ param: { name: 'mediaId', in: 'path' } }) });
const tagged = { tags: ['watching'], security: [{ bearer: [] }] };
const body = <T extends z.ZodType>(schema: T) => ({
  content: { 'application/json': { schema } },
  required: true,
});

export const saveProgressRoute = createRoute({
  ...tagged,
  method: 'put',
  path: '/progress/{mediaId}',
  summary: 'Where the player is; answered when it is written down',
  request: { params: mediaParams, body: body(progressBodySchema) },
  responses: { 200: json(savedSchema, 'Kept'), ...problems(400, 401, 404, 504) },
});

export const saveManyRoute = createRoute({
  ...tagged,
  method: 'post',
  path: '/progress',
  summary: 'What a player kept while it was offline',
  request: { body: body(progressBatchSchema) },
  responses: {
    200: json(z.object({ accepted: z.array(z.string()) }), 'Ids of the saves that were kept or known'),
    ...problems(400, 401, 504),
  },
});

export const progressRoute = createRoute({
  ...tagged,
  method: 'get',
  path: '/progress/{mediaId}',
  summary: 'Where the user stands with a film or a show',
  request: { params: mediaParams },
  responses: { 200: json(progressSchema, 'Progress'), ...problems(401, 404) },
});

export const continueWatchingRoute = createRoute({
  ...tagged,
  method: 'get',
  path: '/continue-watching',
  summary: 'What to go on with, latest first',
  responses: { 200: json(z.object({ items: z.array(continueItemSchema) }), 'At most 40'), ...problems(401) },
});

export const dismissRoute = createRoute({
  ...tagged,
  method: 'delete',
  path: '/continue-watching/{mediaId}',
  summary: 'Leave a title out of continue watching until it is watched again',
  request: { params: mediaParams },
  responses: { 200: json(changeSchema, 'Left out'), ...problems(401, 404) },
});

export const historyRoute = createRoute({
  ...tagged,
  method: 'get',
  path: '/history',
  summary: 'What was watched to its end, latest first',
  request: { query: pageQuery },
  responses: { 200: json(pageOf(historyItemSchema, 'HistoryPage'), 'History'), ...problems(400, 401) },
});

export const removePlayRoute = createRoute({
  ...tagged,
  method: 'delete',
  path: '/history/{id}',
  summary: 'Take one line out of the history',
  request: { params: idParams },
  responses: { 200: json(changeSchema, 'Removed'), ...problems(401, 404) },
});

export const markRoute = createRoute({
  ...tagged,
  method: 'post',
  path: '/history/marks',
  summary: 'Mark a film, an episode, a season or a show as watched or not',
  request: { body: body(markBodySchema) },
  responses: { 200: json(changeSchema, 'Marked'), ...problems(400, 401, 404, 409) },
});

export const undoRoute = createRoute({
  ...tagged,
  method: 'post',
  path: '/history/undo',
  summary: 'Take a change back; the answer undoes the undoing',
  request: { body: body(z.strictObject({ changeId: idSchema }).openapi('WatchUndo')) },
  responses: { 200: json(changeSchema, 'Undone'), ...problems(400, 401, 404) },
});

export const rateRoute = createRoute({
  ...tagged,
  method: 'put',
  path: '/ratings/{mediaId}',
  summary: 'Rate a film, a series or an episode, or take that back; `GET /progress/{mediaId}` has it',
  request: { params: mediaParams, body: body(ratingBodySchema) },
  responses: { 204: { description: 'Kept' }, ...problems(400, 401, 404) },
});
