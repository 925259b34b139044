import type { z } from '@hono/zod-openapi';
import type { Episode } from '../entities/episode.entity.js';
import type { Season } from '../entities/season.entity.js';
import type { SeasonPage, ShowPage } from '../services/media/show.service.js';
import { imageUrl } from './image-url.js';
import type { episodeSchema, seasonSchema, seasonSummarySchema, showSchema } from './media.schemas.js';
import { presentCredits, presentMediaSummary, presentVideos, type Surroundings } from './movie.presenter.js';

export function presentShow(
  { show, seasons }: ShowPage,
  { credits, listIds }: Surroundings,
): z.infer<typeof showSchema> {
  return {
    ...presentMediaSummary(show),
    type: 'show',
    originalTitle: show.originalTitle,
    originalLanguage: show.originalLanguage,
    tagline: show.tagline,
    releaseDate: show.releaseDate,
    certification: show.certification,
    genres: show.genres,
    cast: show.cast,
    credits: presentCredits(credits),
    videos: presentVideos(show.videos),
    listIds,
    status: show.status,
    lastAirDate: show.lastAirDate,
    creators: show.creators,
    networks: show.networks,
    seasonCount: show.seasonCount,
    episodeCount: show.episodeCount,
    lastEpisode: show.lastEpisode,
    nextEpisode: show.nextEpisode,
    seasons: seasons.map(presentSeasonSummary),
    externalIds: {
      tmdb: show.tmdbId === null ? null : String(show.tmdbId),
      imdb: show.imdbId,
      tvdb: show.tvdbId === null ? null : String(show.tvdbId),
      trakt: null,
      archive: null,
    },
    stale: show.stale,
  };
}

/** @param today YYYY-MM-DD, UTC */
export function presentSeason(
  { show, season, episodes, stale }: SeasonPage,
  today: string,
): z.infer<typeof seasonSchema> {
  return {
    ...presentSeasonSummary(season),
    episodeCount: Math.max(season.episodeCount, episodes.length),
    show: presentMediaSummary(show),
    episodes: episodes.map((episode) => presentEpisode(episode, today)),
    stale,
  };
}

function presentSeasonSummary(season: Season): z.infer<typeof seasonSummarySchema> {
  return {
    id: season.id,
    number: season.number,
    title: season.title,
    overview: season.overview,
    airDate: season.airDate,
    posterUrl: imageUrl(season.posterPath, 'w342'),
    episodeCount: season.episodeCount,
  };
}

export function presentEpisode(episode: Episode, today: string): z.infer<typeof episodeSchema> {
  return {
    id: episode.id,
    seasonNumber: episode.seasonNumber,
    number: episode.number,
    title: episode.title,
    overview: episode.overview,
    airDate: episode.airDate,
    hasAired: episode.airDate !== null && episode.airDate <= today,
    runtimeSeconds: episode.runtimeSeconds,
    stillUrl: imageUrl(episode.stillPath, 'w500'),
    rating: episode.rating,
    kind: episode.kind,
  };
}
