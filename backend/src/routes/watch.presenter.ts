import type { z } from '@hono/zod-openapi';
import type { WatchPlay } from '../entities/watch-play.entity.js';
import type { WatchState } from '../entities/watch-state.entity.js';
import type { ContinueItem } from '../services/watch/continue-watching.js';
import type { MediaProgress, Shown } from '../services/watch/watch-overview.js';
import { imageUrl } from './image-url.js';
import type { continueItemSchema, historyItemSchema, progressSchema, savedSchema } from './watch.schemas.js';

export function presentContinueItem(item: Shown<ContinueItem>): z.infer<typeof continueItemSchema> {
  return {
    ...presentTitle(item),
    reason: item.reason,
    positionSeconds: item.positionSeconds,
    durationSeconds: item.durationSeconds,
    lastActivityAt: item.lastActivityAt.toISOString(),
  };
}

export function presentPlay(play: Shown<WatchPlay>): z.infer<typeof historyItemSchema> {
  return {
    ...presentTitle(play),
    id: play.id,
    watchedAt: play.watchedAt.toISOString(),
    origin: play.origin,
  };
}

export function presentProgress(progress: MediaProgress): z.infer<typeof progressSchema> {
  return {
    ...progress,
    watchedAt: progress.watchedAt?.toISOString() ?? null,
    episodes: progress.episodes.map((episode) => ({
      ...episode,
      watchedAt: episode.watchedAt?.toISOString() ?? null,
    })),
  };
}

export function presentSaved(state: WatchState): z.infer<typeof savedSchema> {
  const { positionSeconds, durationSeconds, inProgress, plays } = state;
  return { positionSeconds, durationSeconds, inProgress, watched: plays > 0 };
}

function presentTitle({
  title,
  season,
  episode,
  episodeTitle,
}: Shown<Pick<WatchPlay, 'season' | 'episode'>>) {
  return {
    mediaId: title.mediaId,
    type: title.type,
    title: title.title,
    year: title.year,
    posterUrl: imageUrl(title.posterPath, 'w342'),
    backdropUrl: imageUrl(title.backdropPath, 'w1280'),
    season,
    episode,
    episodeTitle,
  };
}
