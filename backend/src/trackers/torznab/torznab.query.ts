import type { WantedTitle } from '../../services/source/indexer.port.js';
import type { TorznabCapabilities } from './torznab.capabilities.js';

export type TorznabQuery = Readonly<Record<string, string>>;

const filmCategories = '2000';
const showCategories = '5000';
/** Characters; servers search the text as it is. */
const longestText = 120;

/**
 * What to ask for a title, the surest first: by id where the server takes ids, then by text. An episode is asked for by
 * season and number, and its season once more as a whole, for packs. Only parameters the server lists are sent.
 */
export function queriesFor(
  title: WantedTitle,
  capabilities: TorznabCapabilities,
  categories: readonly number[],
): TorznabQuery[] {
  return title.episode
    ? showQueries(title, capabilities, categories)
    : filmQueries(title, capabilities, categories);
}

function filmQueries(
  title: WantedTitle,
  { movie, search }: TorznabCapabilities,
  categories: readonly number[],
): TorznabQuery[] {
  const cat = categories.length > 0 ? categories.join(',') : filmCategories;
  const ids = movie ? idsOf(title, movie) : {};
  const text = plain(title.year === null ? title.title : `${title.title} ${title.year}`);
  const queries: TorznabQuery[] = [];
  if (Object.keys(ids).length > 0) queries.push({ t: 'movie', ...ids, cat });
  if (movie?.has('q')) queries.push({ t: 'movie', q: text, cat });
  else if (search) queries.push({ t: 'search', q: text, cat });
  return queries;
}

function showQueries(
  title: WantedTitle,
  { tvsearch, search }: TorznabCapabilities,
  categories: readonly number[],
): TorznabQuery[] {
  const { episode } = title;
  if (!episode) return [];
  const cat = categories.length > 0 ? categories.join(',') : showCategories;
  const season = String(episode.season);
  const code = `S${season.padStart(2, '0')}E${String(episode.number).padStart(2, '0')}`;
  const name = plain(title.title);
  if (!tvsearch?.has('season') || !tvsearch.has('ep')) {
    return search
      ? [
          { t: 'search', q: `${name} ${code}`, cat },
          { t: 'search', q: `${name} S${season.padStart(2, '0')}`, cat },
        ]
      : [];
  }
  const ids = idsOf(title, tvsearch);
  const whose: TorznabQuery = Object.keys(ids).length > 0 ? ids : { q: name };
  const queries: TorznabQuery[] = [
    { t: 'tvsearch', ...whose, season, ep: String(episode.number), cat },
    { t: 'tvsearch', ...whose, season, cat },
  ];
  if (Object.keys(ids).length > 0 && tvsearch.has('q'))
    queries.push({ t: 'tvsearch', q: name, season, ep: String(episode.number), cat });
  return queries;
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
