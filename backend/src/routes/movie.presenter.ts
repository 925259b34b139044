import type { z } from '@hono/zod-openapi';
import type { Person } from '../entities/person.entity.js';
import type { Video } from '../entities/title-columns.js';
import type { KnownMovie } from '../services/media/media.service.js';
import type { Billed } from '../services/media/people.service.js';
import type { ShownTitle } from '../services/media/reader.js';
import { imageUrl } from './image-url.js';
import type {
  creditSchema,
  mediaSummarySchema,
  movieSchema,
  personSummarySchema,
  videoSchema,
} from './media.schemas.js';

/** What a page shows of a title besides its own facts. */
export interface Surroundings {
  credits: readonly Billed[];
  /** Lists of the reader that hold it. */
  listIds: string[];
}

const sites: Readonly<Record<string, (key: string) => string>> = {
  YouTube: (key) => `https://www.youtube.com/watch?v=${key}`,
  Vimeo: (key) => `https://vimeo.com/${key}`,
};

/** Knows the colours of posters that somebody has looked at before. */
export interface PosterColors {
  colorOf(storedPath: string | null): string | null;
}

/** Presents titles with the colours of their posters. */
export function summaryPresenter(
  colors: PosterColors,
): (title: ShownTitle) => z.infer<typeof mediaSummarySchema> {
  return (title) => ({ ...presentMediaSummary(title), posterColor: colors.colorOf(title.posterPath) });
}

export function presentMediaSummary(title: ShownTitle): z.infer<typeof mediaSummarySchema> {
  return {
    id: title.id,
    type: title.type,
    title: title.title,
    year: title.year,
    posterUrl: imageUrl(title.posterPath, 'w342'),
    posterColor: null,
    backdropUrl: imageUrl(title.backdropPath, 'w1280'),
    rating: title.rating,
    runtimeSeconds: title.runtimeSeconds,
    overview: title.overview,
  };
}

export function presentMovie(
  movie: KnownMovie,
  { credits, listIds }: Surroundings,
): z.infer<typeof movieSchema> {
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
    credits: presentCredits(credits),
    videos: presentVideos(movie.videos),
    listIds,
    licenseUrl: movie.licenseUrl,
    externalIds: {
      tmdb: movie.tmdbId === null ? null : String(movie.tmdbId),
      imdb: movie.imdbId,
      trakt: null,
      archive: movie.archiveId,
    },
    stale: movie.stale,
  };
}

export function presentCredits(credits: readonly Billed[]) {
  const of = (wanted: Billed['kind']) =>
    credits.filter(({ kind }) => kind === wanted).map((credit) => presentCredit(credit));
  return { cast: of('cast'), crew: of('crew') };
}

export function presentVideos(videos: readonly Video[] | null): z.infer<typeof videoSchema>[] {
  return (videos ?? []).flatMap(({ name, kind, key, site, language, official }) => {
    const address = sites[site];
    return address ? [{ name, kind, url: address(key), site, language, official }] : [];
  });
}

export function presentPersonSummary(person: Person): z.infer<typeof personSummarySchema> {
  return {
    id: person.id,
    name: person.name,
    knownFor: person.knownFor,
    profileUrl: imageUrl(person.profilePath, 'w185'),
  };
}

function presentCredit({ person, role }: Billed): z.infer<typeof creditSchema> {
  return { personId: person.id, name: person.name, role, profileUrl: imageUrl(person.profilePath, 'w185') };
}
