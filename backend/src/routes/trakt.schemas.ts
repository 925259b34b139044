import { createRoute, z } from '@hono/zod-openapi';
import { traktRules } from '../entities/trakt-account.entity.js';
import { traktTasks } from '../entities/trakt-outbox-entry.entity.js';
import { idSchema, json, problems } from './common.schemas.js';

const moment = z.iso.datetime().nullable();

export const traktStatusSchema = z
  .object({
    configured: z.boolean().openapi({ description: 'This server has a client id and secret' }),
    linked: z.boolean(),
    username: z.string().nullable().openapi({ description: 'At Trakt' }),
    status: z.enum(['linked', 'reconnect', 'client-refused', 'locked']).nullable().openapi({
      description: '`reconnect`: only the user can help; `client-refused`: only an administrator',
    }),
    trouble: z.string().nullable().openapi({ description: 'What went wrong last, in one sentence' }),
    pausedUntil: moment,
    linkedAt: moment,
    syncedAt: moment,
    syncing: z.boolean(),
    progress: z
      .object({
        phase: z.enum(['history', 'playback', 'done']),
        whole: z.boolean(),
        page: z.number().int(),
        pages: z.number().int(),
        items: z.number().int().openapi({ description: 'Taken over' }),
        totalItems: z.number().int(),
        received: z.number().int(),
        skipped: z.number().int().openapi({ description: 'Without an id by which they could be known' }),
      })
      .nullable(),
    waiting: z.object({
      total: z.number().int(),
      items: z.array(
        z.object({
          id: idSchema,
          task: z.enum(traktTasks),
          action: z.enum(['start', 'pause', 'stop']).nullable(),
          progress: z.number().nullable().openapi({ description: 'Per cent; of a rating 1 to 10' }),
          title: z.string().nullable(),
          season: z.number().int().nullable(),
          episode: z.number().int().nullable(),
          at: z.iso.datetime(),
          state: z.enum(['waiting', 'sending', 'given-up']),
          attempts: z.number().int(),
          dueAt: z.iso.datetime(),
          reason: z.string().nullable(),
        }),
      ),
    }),
    decisions: z
      .array(
        z.object({
          at: z.iso.datetime(),
          rule: z.enum(traktRules),
          winner: z.enum(['here', 'trakt']),
          title: z.string().nullable().openapi({ description: 'Of a title or of a list' }),
          season: z.number().int().nullable(),
          episode: z.number().int().nullable(),
        }),
      )
      .openapi({ description: 'Where both knew something else and what was done, latest first; a few' }),
  })
  .openapi('Trakt');

export const traktCodeSchema = z
  .object({
    userCode: z.string(),
    verificationUrl: z.string(),
    verificationUrlComplete: z.string().openapi({ description: 'With the code in it, for a QR code' }),
    expiresIn: z.number().openapi({ description: 'Seconds' }),
    interval: z.number().openapi({ description: 'Seconds between two questions' }),
  })
  .openapi('TraktCode');

export const traktLinkSchema = z
  .object({
    state: z.enum(['linked', 'pending', 'slow-down', 'unknown', 'used', 'expired', 'denied']),
  })
  .openapi('TraktLink');

const tagged = { tags: ['trakt'], security: [{ bearer: [] }] };

export const traktStatusRoute = createRoute({
  ...tagged,
  method: 'get',
  path: '/trakt',
  summary: 'The link to Trakt, how far it was read, and what waits to be told',
  responses: { 200: json(traktStatusSchema, 'The link'), ...problems(401) },
});

export const startTraktRoute = createRoute({
  ...tagged,
  method: 'post',
  path: '/trakt/device',
  summary: 'Ask for a code that connects the account to Trakt',
  responses: { 200: json(traktCodeSchema, 'The code'), ...problems(401, 409, 502) },
});

export const pollTraktRoute = createRoute({
  ...tagged,
  method: 'post',
  path: '/trakt/device/token',
  summary: 'Whether the code was typed by now',
  responses: { 200: json(traktLinkSchema, 'The state of the code'), ...problems(401, 409, 502) },
});

export const syncTraktRoute = createRoute({
  ...tagged,
  method: 'post',
  path: '/trakt/sync',
  summary: 'Read what changed, and tell what waits, now',
  responses: { 202: { description: 'It has begun' }, ...problems(401, 409) },
});

export const dismissTraktRoute = createRoute({
  ...tagged,
  method: 'delete',
  path: '/trakt/waiting/{id}',
  summary: 'Forget something that Trakt would not take and that was given up',
  request: { params: z.object({ id: idSchema }) },
  responses: { 204: { description: 'Forgotten' }, ...problems(401, 404) },
});

export const unlinkTraktRoute = createRoute({
  ...tagged,
  method: 'delete',
  path: '/trakt',
  summary: 'End the link; what was watched and rated stays',
  responses: { 204: { description: 'Ended' }, ...problems(401) },
});
