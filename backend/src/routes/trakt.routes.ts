import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { TraktActor, TraktService, TraktStatus } from '../services/trakt/trakt.service.js';
import { createApi } from './create-api.js';
import { requestOrigin } from './request-origin.js';
import {
  dismissTraktRoute,
  pollTraktRoute,
  startTraktRoute,
  syncTraktRoute,
  traktStatusRoute,
  type traktStatusSchema,
  unlinkTraktRoute,
} from './trakt.schemas.js';

export interface TraktRoutesOptions {
  trakt: TraktService;
}

/** Each user's own link to Trakt. */
export function createTraktRoutes({ trakt }: TraktRoutesOptions) {
  return createApi()
    .openapi(traktStatusRoute, async (context) =>
      context.json(present(await trakt.getStatus(actorOf(context))), 200),
    )
    .openapi(startTraktRoute, async (context) => {
      const code = await trakt.startLink(actorOf(context));
      const { user_code: userCode, verification_url: verificationUrl } = code;
      const verificationUrlComplete = `${verificationUrl}${verificationUrl.endsWith('/') ? '' : '/'}${userCode}`;
      const times = { expiresIn: code.expires_in, interval: code.interval };
      return context.json({ userCode, verificationUrl, verificationUrlComplete, ...times }, 200);
    })
    .openapi(pollTraktRoute, async (context) =>
      context.json({ state: await trakt.pollLink(actorOf(context), requestOrigin(context)) }, 200),
    )
    .openapi(syncTraktRoute, async (context) => {
      await trakt.startSync(actorOf(context));
      return context.body(null, 202);
    })
    .openapi(dismissTraktRoute, async (context) => {
      await trakt.dismiss(actorOf(context), context.req.valid('param').id);
      return context.body(null, 204);
    })
    .openapi(unlinkTraktRoute, async (context) => {
      await trakt.unlink(actorOf(context), requestOrigin(context));
      return context.body(null, 204);
    });
}

function actorOf(context: Context<AppEnv>): TraktActor {
  const { userId, username, ageLimit } = requireUser(context);
  return { userId, username, ageLimit };
}

type Body = z.infer<typeof traktStatusSchema>;

function present({ waiting, progress, decisions, ...status }: TraktStatus): Body {
  return {
    ...status,
    pausedUntil: status.pausedUntil?.toISOString() ?? null,
    linkedAt: status.linkedAt?.toISOString() ?? null,
    syncedAt: status.syncedAt?.toISOString() ?? null,
    progress: progress && {
      phase: progress.phase,
      whole: progress.whole,
      page: progress.page,
      pages: progress.pages,
      items: progress.items,
      totalItems: progress.totalItems,
      received: progress.received,
      skipped: progress.skipped,
    },
    decisions: decisions.map(({ at, rule, winner, title, name, season, episode }) => {
      return { at: new Date(at).toISOString(), rule, winner, title: title?.title ?? name, season, episode };
    }),
    waiting: {
      total: waiting.total,
      items: waiting.items.map((entry) => ({
        id: entry.id,
        task: entry.task,
        action: entry.action,
        progress: entry.progress,
        title: entry.title?.title ?? null,
        season: entry.season,
        episode: entry.episode,
        at: entry.at.toISOString(),
        state: entry.state,
        attempts: entry.attempts,
        dueAt: entry.dueAt.toISOString(),
        reason: entry.reason,
      })),
    },
  };
}
