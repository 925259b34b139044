import type { MovieDetails, MovieSummary } from '../media/metadata-provider.port.js';
import type { TmdbMovieDetails, TmdbMovieRow } from './tmdb.schemas.js';

const castShown = 20;

export function toMovieSummary(row: TmdbMovieRow): MovieSummary {
  return {
    tmdbId: row.id,
    imdbId: null,
    openFilmId: null,
    title: row.title,
    originalTitle: row.original_title ?? row.title,
    // "xx" is TMDB's way to say that nobody speaks.
    originalLanguage: row.original_language === 'xx' ? null : row.original_language,
    year: row.release_date === null ? null : Number(row.release_date.slice(0, 4)),
    releaseDate: row.release_date,
    overview: row.overview ?? '',
    posterPath: row.poster_path,
    backdropPath: row.backdrop_path,
    rating: row.vote_count === 0 ? null : row.vote_average,
    voteCount: row.vote_count,
  };
}

/** @param country ISO 3166-1, whose age rating is wanted; where it has none that of the United States stands in */
export function toMovieDetails(details: TmdbMovieDetails, country: string): MovieDetails {
  return {
    ...toMovieSummary(details),
    imdbId: imdbId(details.imdb_id) ?? imdbId(details.external_ids?.imdb_id ?? null),
    tagline: details.tagline ?? '',
    runtimeSeconds: details.runtime === null ? null : Math.round(details.runtime * 60),
    certification: certification(details, country) ?? certification(details, 'US'),
    genres: details.genres.map(({ name }) => name),
    directors: directors(details),
    cast: cast(details),
  };
}

function imdbId(value: string | null): string | null {
  return value !== null && /^tt\d{5,12}$/.test(value) ? value : null;
}

function certification({ release_dates }: TmdbMovieDetails, country: string): string | null {
  const ofCountry = release_dates?.results.find(({ iso_3166_1 }) => iso_3166_1 === country);
  return ofCountry?.release_dates.find((release) => release.certification !== null)?.certification ?? null;
}

function directors({ credits }: TmdbMovieDetails): string[] {
  const names = credits?.crew.filter(({ job }) => job === 'Director').map(({ name }) => name);
  return [...new Set(names)];
}

function cast({ credits }: TmdbMovieDetails): MovieDetails['cast'] {
  const billed = [...(credits?.cast ?? [])].sort(
    (a, b) => (a.order ?? Infinity) - (b.order ?? Infinity) || 0,
  );
  return billed.slice(0, castShown).map(({ name, character }) => ({ name, character: character ?? '' }));
}
