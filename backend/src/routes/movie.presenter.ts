import type { z } from '@hono/zod-openapi';
import type { Movie } from '../entities/movie.entity.js';
import type { KnownMovie } from '../services/media/media.service.js';
import { type ImageSize, imageFilePattern } from '../services/media/metadata-provider.port.js';
import type { RankedSource } from '../services/source/source.service.js';
import type { mediaSummarySchema, movieSchema, sourceSchema } from './media.schemas.js';

export function presentMediaSummary(movie: Movie): z.infer<typeof mediaSummarySchema> {
  return {
    id: movie.id,
    type: 'movie',
    title: movie.title,
    year: movie.year,
    posterUrl: imageUrl(movie.posterPath, 'w342'),
    backdropUrl: imageUrl(movie.backdropPath, 'w1280'),
    rating: movie.rating,
    runtimeSeconds: movie.runtimeSeconds,
    overview: movie.overview,
  };
}

export function presentMovie(movie: KnownMovie): z.infer<typeof movieSchema> {
  return {
    ...presentMediaSummary(movie),
    type: 'movie',
    originalTitle: movie.originalTitle,
    originalLanguage: movie.originalLanguage,
    tagline: movie.tagline,
    releaseDate: movie.releaseDate,
    certification: movie.certification,
    genres: movie.genres,
    directors: movie.directors,
    cast: movie.cast,
    externalIds: {
      tmdb: movie.tmdbId === null ? null : String(movie.tmdbId),
      imdb: movie.imdbId,
      trakt: null,
      archive: movie.archiveId,
    },
    stale: movie.stale,
  };
}

export function presentSource(source: RankedSource): z.infer<typeof sourceSchema> {
  return {
    id: source.id,
    indexer: source.indexer,
    title: source.title,
    infoHash: source.infoHash,
    resolution: source.resolution,
    sizeBytes: source.sizeBytes,
    seeders: source.seeders,
    leechers: source.leechers,
    videoCodec: source.videoCodec,
    audioCodec: source.audioCodec,
    score: source.score,
    reasons: source.reasons,
  };
}

/** Pictures are served by us; a stored path that is no plain file name is no picture. */
export function imageUrl(path: string | null, size: ImageSize): string | null {
  const file = path?.replace(/^\//, '') ?? '';
  return imageFilePattern.test(file) ? `/api/images/tmdb/${size}/${file}` : null;
}
