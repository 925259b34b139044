import type { Video } from '../../entities/title-columns.js';
import type { EpisodeHint } from '../../entities/tv-show.entity.js';
import type {
  MovieDetails,
  MovieSummary,
  PersonDetails,
  PersonSummary,
  ProviderCredit,
  SeasonDetails,
  SeasonSummary,
  ShowDetails,
  ShowSummary,
  TitleSummary,
} from '../media/metadata-provider.port.js';
import { genreName } from './tmdb.genres.js';
import type {
  TmdbMovieDetails,
  TmdbMovieRow,
  TmdbPerson,
  TmdbPersonRow,
  TmdbSeason,
  TmdbShowDetails,
  TmdbShowRow,
  TmdbTitleRow,
} from './tmdb.schemas.js';

const castShown = 20;
const creditsKept = 40;
const videosKept = 12;
const workShown = 60;
const aliasesKept = 80;
/** Of the crew those whom people look for. */
const jobs = new Set([
  'Director',
  'Screenplay',
  'Writer',
  'Original Music Composer',
  'Director of Photography',
]);

export function toMovieSummary(
  row: Omit<TmdbMovieRow, 'genre_ids'> & { genre_ids?: number[] },
): MovieSummary {
  return {
    tmdbId: row.id,
    imdbId: null,
    openFilmId: null,
    title: row.title,
    originalTitle: row.original_title ?? row.title,
    releaseDate: row.release_date,
    year: yearOf(row.release_date),
    ...shared(row),
  };
}

export function toShowSummary(row: Omit<TmdbShowRow, 'genre_ids'> & { genre_ids?: number[] }): ShowSummary {
  return {
    type: 'show',
    tmdbId: row.id,
    imdbId: null,
    title: row.name,
    originalTitle: row.original_name ?? row.name,
    releaseDate: row.first_air_date,
    year: yearOf(row.first_air_date),
    ...shared(row),
  };
}

export function toTitleSummary(row: TmdbTitleRow): TitleSummary {
  return 'title' in row ? toMovieSummary(row) : toShowSummary(row);
}

export function toPersonSummary(row: TmdbPersonRow): PersonSummary {
  return {
    tmdbId: row.id,
    name: row.name,
    profilePath: row.profile_path,
    knownFor: row.known_for_department,
  };
}

/** @param country ISO 3166-1, whose age rating is wanted; where it has none that of the United States stands in */
export function toMovieDetails(details: TmdbMovieDetails, country: string): MovieDetails {
  const certifications = movieCertifications(details);
  const cast = billed(details.credits?.cast ?? []);
  const crew = details.credits?.crew.filter(({ job }) => jobs.has(job)) ?? [];
  const summary = toMovieSummary(details);
  const producedIn = details.production_countries.map(({ iso_3166_1 }) => iso_3166_1);
  return {
    ...summary,
    originCountries: details.origin_country.length > 0 ? details.origin_country : producedIn,
    aliases: aliasesOf(details, summary),
    imdbId: imdbId(details.imdb_id) ?? imdbId(details.external_ids?.imdb_id ?? null),
    tagline: details.tagline ?? '',
    runtimeSeconds: details.runtime === null ? null : Math.round(details.runtime * 60),
    certification: certifications[country] ?? certifications['US'] ?? null,
    certifications,
    genres: details.genres.map(({ name }) => name),
    directors: [...new Set(crew.filter(({ job }) => job === 'Director').map(({ name }) => name))],
    cast: cast.slice(0, castShown).map(({ name, character }) => ({ name, character: character ?? '' })),
    credits: [
      ...crew.map((row) => credit('crew', row.job, row)),
      ...cast.map((row) => credit('cast', row.character ?? '', row)),
    ].slice(0, creditsKept),
    videos: videosOf(details.videos),
  };
}

export function toShowDetails(details: TmdbShowDetails, country: string): ShowDetails {
  const certifications = Object.fromEntries(
    (details.content_ratings?.results ?? []).flatMap(({ iso_3166_1, rating }) =>
      rating === null ? [] : [[iso_3166_1, rating]],
    ),
  );
  const cast = castOfShow(details);
  const minutes = details.episode_run_time[0];
  const summary = toShowSummary(details);
  return {
    ...summary,
    aliases: aliasesOf(details, summary),
    imdbId: imdbId(details.external_ids?.imdb_id ?? null),
    tvdbId: details.external_ids?.tvdb_id ?? null,
    tagline: details.tagline ?? '',
    status: details.status,
    lastAirDate: later(details.last_air_date, details.last_episode_to_air?.air_date ?? null),
    runtimeSeconds: minutes === undefined ? null : Math.round(minutes * 60),
    certification: certifications[country] ?? certifications['US'] ?? null,
    certifications,
    genres: details.genres.map(({ name }) => name),
    creators: details.created_by.map(({ name }) => name),
    networks: details.networks.map(({ name }) => name),
    cast: cast.slice(0, castShown).map(({ role, person }) => ({ name: person.name, character: role })),
    credits: cast.slice(0, creditsKept),
    videos: videosOf(details.videos),
    lastEpisode: hint(details.last_episode_to_air),
    nextEpisode: hint(details.next_episode_to_air),
    seasonCount: details.number_of_seasons,
    episodeCount: details.number_of_episodes,
    seasons: details.seasons.map((season) => toSeasonSummary(season, season.episode_count)),
  };
}

export function toSeasonDetails(season: TmdbSeason): SeasonDetails {
  return {
    ...toSeasonSummary(season, season.episodes.length),
    episodes: season.episodes.map((episode) => ({
      number: episode.episode_number,
      tmdbId: episode.id ?? null,
      title: episode.name ?? '',
      overview: episode.overview ?? '',
      airDate: episode.air_date,
      runtimeSeconds: episode.runtime === null ? null : Math.round(episode.runtime * 60),
      stillPath: episode.still_path,
      rating: episode.vote_count === 0 ? null : episode.vote_average,
      kind: episode.episode_type,
    })),
  };
}

export function toPersonDetails(person: TmdbPerson): PersonDetails {
  const { cast = [], crew = [] } = person.combined_credits ?? {};
  const work = [
    ...cast.map((row) => ({ kind: 'cast' as const, role: row.character ?? '', title: toTitleSummary(row) })),
    ...crew.map((row) => ({ kind: 'crew' as const, role: row.job ?? '', title: toTitleSummary(row) })),
  ];
  return {
    ...toPersonSummary(person),
    biography: person.biography ?? '',
    birthday: person.birthday,
    deathday: person.deathday,
    birthplace: person.place_of_birth,
    work: work.sort((a, b) => b.title.voteCount - a.title.voteCount).slice(0, workShown),
  };
}

type SharedRow = Omit<TmdbMovieRow, 'title' | 'original_title' | 'release_date' | 'genre_ids'> & {
  genre_ids?: number[];
};

function shared(row: SharedRow) {
  return {
    // "xx" is TMDB's way to say that nobody speaks.
    originalLanguage: row.original_language === 'xx' ? null : row.original_language,
    overview: row.overview ?? '',
    posterPath: row.poster_path,
    backdropPath: row.backdrop_path,
    rating: row.vote_count === 0 ? null : row.vote_average,
    voteCount: row.vote_count,
    popularity: row.popularity,
    genres: (row.genre_ids ?? []).flatMap((id) => genreName(id) ?? []),
    originCountries: row.origin_country,
  };
}

/** Alternative titles and translations, each once, without the two that are known anyway. */
function aliasesOf(
  { alternative_titles, translations }: Pick<TmdbShowDetails, 'alternative_titles' | 'translations'>,
  known: Pick<TitleSummary, 'title' | 'originalTitle'>,
): string[] {
  const alternatives = [...(alternative_titles?.titles ?? []), ...(alternative_titles?.results ?? [])];
  const names = new Set([
    ...alternatives.map(({ title }) => title),
    ...(translations?.translations ?? []).flatMap(({ data }) => data.title ?? data.name ?? []),
  ]);
  names.delete(known.title);
  names.delete(known.originalTitle);
  return [...names].slice(0, aliasesKept);
}

function yearOf(date: string | null): number | null {
  return date === null ? null : Number(date.slice(0, 4));
}

/** `last_air_date` can lag behind the date of the last episode. */
function later(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a;
}

function imdbId(value: string | null): string | null {
  return value !== null && /^tt\d{5,12}$/.test(value) ? value : null;
}

/** Of each country the first that says something. */
function movieCertifications({ release_dates }: TmdbMovieDetails): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { iso_3166_1, release_dates: releases } of release_dates?.results ?? []) {
    const said = releases.find(({ certification }) => certification !== null)?.certification;
    if (said && /^[A-Z]{2}$/.test(iso_3166_1)) found[iso_3166_1] ??= said;
  }
  return found;
}

function billed<T extends { order?: number | undefined }>(cast: readonly T[]): T[] {
  return [...cast].sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity) || 0);
}

function credit(kind: ProviderCredit['kind'], role: string, person: TmdbPersonRow): ProviderCredit {
  return { kind, role, person: toPersonSummary(person) };
}

/** Of the whole run; where that is missing, of the latest season. */
function castOfShow({ aggregate_credits, credits }: TmdbShowDetails): ProviderCredit[] {
  const whole = billed(aggregate_credits?.cast ?? []).map((row) =>
    credit('cast', row.roles[0]?.character ?? '', row),
  );
  if (whole.length > 0) return whole;
  return billed(credits?.cast ?? []).map((row) => credit('cast', row.character ?? '', row));
}

function videosOf(videos: TmdbMovieDetails['videos']): Video[] {
  const rank = ({ kind, official }: Video) =>
    (kind === 'Trailer' ? 0 : kind === 'Teaser' ? 2 : 4) + (official ? 0 : 1);
  return (videos?.results ?? [])
    .map(({ name, site, key, type, iso_639_1, official }) => ({
      name,
      site,
      key,
      kind: type ?? 'Video',
      language: iso_639_1,
      official: official ?? false,
    }))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, videosKept);
}

function hint(episode: TmdbShowDetails['next_episode_to_air']): EpisodeHint | null {
  if (!episode) return null;
  const { season_number, episode_number, name, air_date } = episode;
  return { seasonNumber: season_number, number: episode_number, title: name ?? '', airDate: air_date };
}

function toSeasonSummary(
  season: Pick<TmdbSeason, 'id' | 'name' | 'overview' | 'air_date' | 'poster_path' | 'season_number'>,
  episodeCount: number,
): SeasonSummary {
  return {
    number: season.season_number,
    tmdbId: season.id ?? null,
    title: season.name ?? '',
    overview: season.overview ?? '',
    airDate: season.air_date,
    posterPath: season.poster_path,
    episodeCount,
  };
}
