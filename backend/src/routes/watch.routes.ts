import type { Context } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { RatingService } from '../services/ratings/rating.service.js';
import type { Watcher, WatchService } from '../services/watch/watch.service.js';
import type { WatchOverview } from '../services/watch/watch-overview.js';
import { createApi } from './create-api.js';
import { presentContinueItem, presentPlay, presentProgress, presentSaved } from './watch.presenter.js';
import {
  continueWatchingRoute,
  dismissRoute,
  historyRoute,
  markRoute,
  progressRoute,
  rateRoute,
  removePlayRoute,
  saveManyRoute,
  saveProgressRoute,
  undoRoute,
} from './watch.schemas.js';

export interface WatchRoutesOptions {
  watch: WatchService;
  watchOverview: WatchOverview;
  ratings: RatingService;
}

/** What the signed-in user watches; nobody reaches anyone else's. */
export function createWatchRoutes({ watch, watchOverview, ratings }: WatchRoutesOptions) {
  return createApi()
    .openapi(saveProgressRoute, async (context) => {
      const { device, season = null, episode = null, ...save } = context.req.valid('json');
      const { mediaId } = context.req.valid('param');
      const state = await watch.save(watcherOf(context, device), { ...save, mediaId, season, episode });
      return context.json(presentSaved(state), 200);
    })
    .openapi(saveManyRoute, async (context) => {
      const { sentAt, saves } = context.req.valid('json');
      const device = saves[0]?.device;
      const { accepted } = await watch.saveMany(
        watcherOf(context, device),
        saves.map(({ season = null, episode = null, at, ...save }) => ({
          ...save,
          season,
          episode,
          at: Date.parse(at),
        })),
        Date.parse(sentAt),
      );
      return context.json({ accepted }, 200);
    })
    .openapi(progressRoute, async (context) => {
      const { mediaId } = context.req.valid('param');
      return context.json(presentProgress(await watchOverview.getProgress(watcherOf(context), mediaId)), 200);
    })
    .openapi(continueWatchingRoute, async (context) => {
      const items = await watchOverview.listContinueWatching(watcherOf(context));
      return context.json({ items: items.map(presentContinueItem) }, 200);
    })
    .openapi(dismissRoute, async (context) => {
      const { mediaId } = context.req.valid('param');
      return context.json(await watch.dismiss(watcherOf(context), mediaId), 200);
    })
    .openapi(historyRoute, async (context) => {
      const page = context.req.valid('query');
      const { items, total } = await watchOverview.listHistory(watcherOf(context), page);
      return context.json({ items: items.map(presentPlay), ...page, total }, 200);
    })
    .openapi(removePlayRoute, async (context) =>
      context.json(await watch.removePlay(watcherOf(context), context.req.valid('param').id), 200),
    )
    .openapi(markRoute, async (context) => {
      const { watched, season = null, episode = null, mediaId } = context.req.valid('json');
      return context.json(await watch.mark(watcherOf(context), { mediaId, season, episode }, watched), 200);
    })
    .openapi(rateRoute, async (context) => {
      const { rating, season = null, episode = null } = context.req.valid('json');
      const { mediaId } = context.req.valid('param');
      await ratings.rate(watcherOf(context), { mediaId, season, episode }, rating);
      return context.body(null, 204);
    })
    .openapi(undoRoute, async (context) =>
      context.json(await watch.undo(watcherOf(context), context.req.valid('json').changeId), 200),
    );
}

/** A browser names itself over many sign-ins; who does not is known by the sign-in. */
function watcherOf(context: Context<AppEnv>, device?: string): Watcher {
  const { userId, ageLimit, sessionId } = requireUser(context);
  return { userId, ageLimit, device: device ?? sessionId };
}
