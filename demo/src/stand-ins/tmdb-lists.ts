import type { Fixtures, JsonObject } from './fixtures.js';
import { listRow, localized, type TitleKind, type TmdbLibrary } from './tmdb-library.js';

const ROWS_A_PAGE = 20;
const DAY = 24 * 3_600_000;
const MOST_DAYS = 14;

/** Public lists, by number. */
const LISTS: Readonly<
  Record<string, { name: string; description: string; wants: (row: JsonObject) => boolean }>
> = {
  '1': {
    name: 'Open films',
    description: 'Films that were made to be shared.',
    wants: (row) => releasedIn(row) >= '2000',
  },
  '2': {
    name: 'Before 1970',
    description: 'Films in the public domain.',
    wants: (row) => releasedIn(row) < '1970',
  },
};

/** YYYY-MM-DD; empty when it is not told. */
function releasedIn({ release_date: date }: JsonObject): string {
  return typeof date === 'string' ? date : '';
}

/** A page of a public list, or null. */
export function findList(
  library: TmdbLibrary,
  id: string,
  page: number,
  language: string,
): JsonObject | null {
  const list = Object.hasOwn(LISTS, id) ? LISTS[id] : undefined;
  if (!list) return null;
  const items = library
    .all('movie')
    .map(
      (details): JsonObject => ({ ...listRow('movie', localized(details, language)), media_type: 'movie' }),
    )
    .filter(list.wants);
  const { name, description } = list;
  return {
    ...{ created_by: 'kinora-demo', description, favorite_count: 0, id: Number(id), iso_639_1: 'en', name },
    ...{ item_count: items.length, page, poster_path: null, total_results: items.length },
    total_pages: Math.ceil(items.length / ROWS_A_PAGE),
    items: items.slice((page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE),
  };
}

/** What changed, as recorded; null for more than fourteen days at once. */
export function findChanges(
  fixtures: Fixtures,
  kind: TitleKind,
  { start_date: from, end_date: to, page = '1' }: Readonly<Record<string, string>>,
): JsonObject | null {
  const days = (Date.parse(to ?? '') - Date.parse(from ?? '')) / DAY;
  if (from !== undefined && to !== undefined && !(days >= 0 && days <= MOST_DAYS)) return null;
  const path = `3/${kind}/changes.page-${page}.json`;
  if (/^\d+$/.test(page) && fixtures.has(path)) return fixtures.object(path);
  const first = fixtures.object(`3/${kind}/changes.page-1.json`);
  return { ...first, page: Number(page), results: [] };
}
