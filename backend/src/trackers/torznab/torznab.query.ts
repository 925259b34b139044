import type { WantedEpisode, WantedTitle } from '../../services/source/indexer.port.js';
import type { TorznabCapabilities } from './torznab.capabilities.js';

export type TorznabQuery = Readonly<Record<string, string>>;

const filmCategories = '2000';
const showCategories = '5000';
/** Characters; servers search the text as it is. */
const longestText = 120;
/** Names asked for besides the title, when that found nothing. */
const mostOtherNames = 2;

/**
 * Returns what to ask for a title, the surest first: by id where the server takes ids, then by text. An episode is asked
 * for by season and number, and its season once more as a whole, for packs; then by its day and by its number counted
 * through, as daily series and fansubs are named. Other names come last. Only parameters the server lists are sent.
 */
export function queriesFor(
  title: WantedTitle,
  capabilities: TorznabCapabilities,
  categories: readonly number[],
): TorznabQuery[] {
  return title.episode
    ? showQueries(title, title.episode, capabilities, categories)
    : filmQueries(title, capabilities, categories);
}

function filmQueries(
  title: WantedTitle,
  { movie, search }: TorznabCapabilities,
  categories: readonly number[],
): TorznabQuery[] {
  const cat = categories.length > 0 ? categories.join(',') : filmCategories;
  const ids = movie ? idsOf(title, movie) : {};
  const queries: TorznabQuery[] = [];
  if (Object.keys(ids).length > 0) queries.push({ t: 'movie', ...ids, cat });
  const t = movie?.has('q') ? 'movie' : 'search';
  if (t === 'search' && !search) return queries;
  const texts = namesOf(title).map((name) => plain(title.year === null ? name : `${name} ${title.year}`));
  return [...queries, ...texts.map((q) => ({ t, q, cat }))];
}

function showQueries(
  title: WantedTitle,
  episode: WantedEpisode,
  { tvsearch, search }: TorznabCapabilities,
  categories: readonly number[],
): TorznabQuery[] {
  const cat = categories.length > 0 ? categories.join(',') : showCategories;
  const season = String(episode.season);
  const ep = String(episode.number);
  const code = `S${padded(episode.season)}E${padded(episode.number)}`;
  const [name = '', ...others] = namesOf(title).map(plain);
  const text = (q: string): TorznabQuery[] =>
    search ? [{ t: 'search', q, cat }] : tvsearch?.has('q') ? [{ t: 'tvsearch', q, cat }] : [];
  const numbered = countedAs(episode);
  if (!tvsearch?.has('season') || !tvsearch.has('ep')) {
    return [
      ...text(`${name} ${code}`),
      ...text(`${name} S${padded(episode.season)}`),
      ...numbered.flatMap((number) => text(`${name} ${number}`)),
      ...others.flatMap((other) =>
        [`${other} ${code}`, ...numbered.map((number) => `${other} ${number}`)].flatMap(text),
      ),
    ];
  }
  const ids = idsOf(title, tvsearch);
  const hasIds = Object.keys(ids).length > 0;
  const byName = (q: string): TorznabQuery[] =>
    tvsearch.has('q') ? [{ t: 'tvsearch', q, season, ep, cat }] : [];
  const whose: TorznabQuery = hasIds ? ids : { q: name };
  return [
    { t: 'tvsearch', ...whose, season, ep, cat },
    { t: 'tvsearch', ...whose, season, cat },
    ...(hasIds ? byName(name) : []),
    ...numbered.flatMap((number) => text(`${name} ${number}`)),
    ...others.flatMap((other) => [
      ...byName(other),
      ...numbered.flatMap((number) => text(`${other} ${number}`)),
    ]),
  ];
}

/** Other ways to write which episode: its number counted through, and its day. */
function countedAs({ season, absolute, airDate }: WantedEpisode): string[] {
  if (season === 0) return [];
  return [
    ...(absolute === null ? [] : [padded(absolute)]),
    ...(airDate === null ? [] : [airDate.replaceAll('-', ' ')]),
  ];
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}

/** Names to search for, the title first; of the others a few that are written in Latin letters. */
function namesOf({ title, originalTitle, aliases }: WantedTitle): string[] {
  const others = [originalTitle, ...(aliases ?? [])].filter((name) =>
    /^[\p{Script=Latin}\P{L}]+$/u.test(name),
  );
  const names = new Map([title, ...others].map((name) => [plain(name).toLowerCase(), name]));
  return [...names.values()].slice(0, 1 + mostOtherNames);
}

/** One id, the best that is known: several are OR-ed by some servers and AND-ed by others. */
function idsOf({ imdbId, tmdbId, tvdbId }: WantedTitle, takes: ReadonlySet<string>): TorznabQuery {
  if (imdbId !== null && takes.has('imdbid')) return { imdbid: imdbId };
  if (tmdbId !== null && takes.has('tmdbid')) return { tmdbid: String(tmdbId) };
  if (tvdbId !== null && tvdbId !== undefined && takes.has('tvdbid')) return { tvdbid: String(tvdbId) };
  return {};
}

/** Signs make text searches miss. */
function plain(text: string): string {
  return text
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .slice(0, longestText);
}
