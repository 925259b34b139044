import type { MovieDetails, MovieSummary } from '../media/metadata-provider.port.js';
import type { ArchiveItem, ArchiveMetadata } from './archive.schemas.js';
import { textOfHtml } from './html-text.js';

/** Characters of a description and of a title that are read, tags included. */
const longestDescription = 50_000;
const longestTitle = 2_000;

const videoFormats = /h\.264|mpeg4|matroska|ogg video|mpeg2/i;
const genres = [
  'Action',
  'Adventure',
  'Animation',
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Family',
  'Fantasy',
  'History',
  'Horror',
  'Music',
  'Mystery',
  'Romance',
  'Science Fiction',
  'Thriller',
  'War',
  'Western',
];

/** Only what somebody has put under a public-domain mark, CC0 or a Creative Commons licence. */
export function freeLicense(urls: readonly string[]): string | null {
  return (
    urls.find((url) => /^https?:\/\/(www\.)?creativecommons\.org\/(publicdomain|licenses)\//i.test(url)) ??
    null
  );
}

/** Null for what may not be offered, or has no title. */
export function toArchiveSummary(item: ArchiveItem): MovieSummary | null {
  const title = plainTitle(item.title[0] ?? '');
  const licenseUrl = freeLicense(item.licenseurl);
  if (title === '' || licenseUrl === null) return null;
  const year = yearOf(item);
  return {
    tmdbId: null,
    imdbId: null,
    openFilmId: null,
    archiveId: item.identifier,
    title,
    originalTitle: title,
    originalLanguage: null,
    year,
    releaseDate: /^\d{4}-\d{2}-\d{2}/.exec(item.date[0] ?? '')?.[0] ?? null,
    overview: textOfHtml(item.description.join(' ').slice(0, longestDescription)).slice(0, 10_000),
    posterPath: `archive:${item.identifier}.jpg`,
    backdropPath: null,
    rating: null,
    voteCount: 0,
    // So that the most downloaded stand beside what is popular elsewhere.
    popularity: Math.round((item.downloads ?? 0) / 10_000),
    licenseUrl,
  };
}

/** Null for an item that is not there, was withdrawn, is not to be downloaded, or has no free licence. */
export function toArchiveDetails({ metadata, is_dark, files }: ArchiveMetadata): MovieDetails | null {
  if (!metadata || is_dark === true || metadata['access-restricted-item'].includes('true')) return null;
  const summary = toArchiveSummary(metadata);
  if (!summary) return null;
  const { popularity: _, ...facts } = summary;
  const seconds = files
    .filter(({ format }) => videoFormats.test(format))
    .flatMap(({ length }) => secondsOf(length) ?? []);
  const subjects = metadata.subject
    .flatMap((subject) => subject.split(';'))
    .map((word) => word.trim().toLowerCase());
  return {
    ...facts,
    imdbId: imdbIdOf(metadata['external-identifier']),
    tagline: '',
    runtimeSeconds: seconds.length === 0 ? null : Math.round(Math.max(...seconds)),
    certification: null,
    genres: genres.filter((genre) => subjects.includes(genre.toLowerCase())),
    directors: metadata.director.slice(0, 5).map((name) => name.slice(0, 200)),
    cast: [],
  };
}

/** Seconds as text (`5764.27`) or a clock (`1:36:04`). */
export function secondsOf(length: string | undefined): number | null {
  const text = length?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) || null;
  if (!/^\d{1,3}(:\d{1,2}){1,2}(\.\d+)?$/.test(text)) return null;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) || null;
}

/** `Charade (1963)` is Charade. */
function plainTitle(title: string): string {
  return textOfHtml(title.slice(0, longestTitle))
    .replace(/ ?[([](?:18|19|20)\d\d[)\]]$/, '')
    .slice(0, 500);
}

function yearOf({ year, date, title }: Pick<ArchiveItem, 'year' | 'date' | 'title'>): number | null {
  const said = /^(18|19|20)\d\d/.exec(year[0] ?? '')?.[0] ?? /^(18|19|20)\d\d/.exec(date[0] ?? '')?.[0];
  const found = said ?? /[([]((?:18|19|20)\d\d)[)\]]$/.exec((title[0] ?? '').trimEnd())?.[1];
  return found === undefined ? null : Number(found);
}

function imdbIdOf(identifiers: readonly string[]): string | null {
  return (
    identifiers.map((text) => /^urn:imdb:(tt\d{5,12})$/.exec(text)?.[1]).find((id) => id !== undefined) ??
    null
  );
}
