import { type TitleCard, type TitleType, titleTypes } from '../entities/title.entity.js';

export const titleSorts = ['popularity', 'rating', 'newest', 'title'] as const;
export type TitleSort = (typeof titleSorts)[number];

/** What is asked of the card index. */
export interface TitleFilter {
  type?: TitleType | undefined;
  /** Id of a genre. */
  genre?: string | undefined;
  /** Inclusive. */
  yearFrom?: number | undefined;
  yearTo?: number | undefined;
  /** 0 to 10. */
  ratingFrom?: number | undefined;
  /** ISO 639-1, of the original. */
  language?: string | undefined;
  /** Only what the Internet Archive or the built-in list offers. */
  archived?: boolean | undefined;
  /** Only what is out by then. YYYY-MM-DD. */
  releasedBy?: string | undefined;
  /** Years; null sees everything. */
  ageLimit?: number | null | undefined;
}

/** SQL with its values. */
export interface Query {
  sql: string;
  values: (string | number)[];
}

/** Something that titles are chosen by; `holds` tells it of a row named `t`, and `isHidden` keeps indexes out of it. */
export interface Criterion {
  column: keyof TitleCard | 'genreId';
  values: (string | number)[];
  holds: (isHidden: boolean) => string;
}

const columns = { popularity: 'popularity', rating: 'rating', newest: 'releaseDate', title: 'name' } as const;

/** By what the titles of a filter are chosen, its type aside. */
export function criteriaOf(filter: TitleFilter): Criterion[] {
  const { genre, yearFrom, yearTo, releasedBy, ratingFrom, language, archived, ageLimit } = filter;
  const found: Criterion[] = [];
  if (genre !== undefined)
    found.push({
      column: 'genreId',
      values: [genre],
      holds: () => 'EXISTS (SELECT 1 FROM title_genres x WHERE x.number = t.number AND x."genreId" = ?)',
    });
  const dates: [string, string | undefined][] = [
    ['>= ?', yearFrom === undefined ? undefined : String(yearFrom)],
    ['< ?', yearTo === undefined ? undefined : String(yearTo + 1)],
    ['<= ?', releasedBy],
  ];
  const set = dates.flatMap(([sign, value]) => (value === undefined ? [] : [{ sign, value }]));
  if (set.length > 0)
    found.push({
      column: 'releaseDate',
      values: set.map(({ value }) => value),
      holds: (isHidden) => set.map(({ sign }) => `${text('releaseDate', isHidden)} ${sign}`).join(' AND '),
    });
  if (ratingFrom !== undefined)
    found.push(criterion('rating', ratingFrom, (hidden) => `${number('rating', hidden)} >= ?`));
  if (language !== undefined)
    found.push(criterion('language', language, (hidden) => `${text('language', hidden)} = ?`));
  if (archived === true)
    found.push(criterion('isArchived', 1, (hidden) => `${number('isArchived', hidden)} = ?`));
  if (ageLimit !== null && ageLimit !== undefined)
    found.push(criterion('minimumAge', ageLimit, (hidden) => `${number('minimumAge', hidden)} <= ?`));
  return found;
}

/** Counts the titles that meet one criterion, up to so many. */
export function countQuery(type: TitleType, one: Criterion, most: number): Query {
  const { sql, values } = membersOf(type, one);
  return { sql: `SELECT COUNT(*) AS "total" FROM (${sql} LIMIT ?) members`, values: [...values, most] };
}

/**
 * Numbers of titles in an order, which the caller cuts. Without `by`, an index is walked in that order (of the genre, where
 * one is asked for), and what does not fit is passed over. With `by`, its members are looked at and then sorted: they must be few.
 */
export function titlesQuery(
  filter: TitleFilter,
  sort: TitleSort,
  by: ReadonlyMap<TitleType, Way> = new Map(),
): Query {
  const types = filter.type === undefined ? titleTypes : [filter.type];
  const parts = types.map((type) => partOf(filter, sort, type, by.get(type)));
  const direction = sort === 'title' ? 'ASC' : 'DESC';
  return {
    sql: `${parts.map(({ sql }) => sql).join(' UNION ALL ')} ORDER BY 2 ${direction}, 1 ${direction}`,
    values: parts.flatMap(({ values }) => values),
  };
}

function partOf(filter: TitleFilter, sort: TitleSort, type: TitleType, by: Way | undefined): Query {
  const column = columns[sort];
  const all = criteriaOf(filter);
  if (by && by !== 'all titles') {
    const members = membersOf(type, by);
    const rest = all.filter((one) => one.column !== by.column);
    const where = ['TRUE', ...rest.map(({ holds }) => holds(true))].join(' AND ');
    return {
      sql: `SELECT t.number, t."${column}" FROM (${members.sql} LIMIT ${mostMembers}) m JOIN titles t ON t.number = m.number WHERE ${where}`,
      values: [...members.values, ...rest.flatMap(({ values }) => values)],
    };
  }
  const ofGenre = all.find((one) => one.column === 'genreId');
  const genre = by === 'all titles' ? undefined : ofGenre;
  // Whether it is of the genre takes a look elsewhere: last, of what fits otherwise.
  const others = all.filter((one) => one !== ofGenre);
  const rest = genre || !ofGenre ? others : [...others, ofGenre];
  const values = [type, ...rest.flatMap((one) => one.values)];
  const conditions = rest.map(({ column: name, holds }) => holds(genre !== undefined || name !== column));
  if (!genre) {
    const where = ['t.type = ?', ...conditions].join(' AND ');
    return { sql: `SELECT t.number, t."${column}" FROM titles t WHERE ${where}`, values };
  }
  const fits = `EXISTS (SELECT 1 FROM titles t WHERE t.number = g.number AND ${conditions.join(' AND ')})`;
  return {
    sql: `SELECT g.number, g."${column}" FROM title_genres g WHERE g."genreId" = ? AND g.type = ?${rest.length === 0 ? '' : ` AND ${fits}`}`,
    values: [...genre.values, ...values],
  };
}

/** How titles are met: among the few that meet a criterion, or all of them in their order where a genre's would be walked. */
export type Way = Criterion | 'all titles';

/** Of a genre with more titles than this those that fit are found sooner among all, whose indexes tell what is filtered by. */
export const mostOfGenre = 2_000;

/** With more members than this a criterion is not worth to begin with. */
export const mostMembers = 1_000;

function membersOf(type: TitleType, { column, values, holds }: Criterion): Query {
  if (column === 'genreId')
    return {
      sql: 'SELECT number FROM title_genres WHERE "genreId" = ? AND type = ?',
      values: [...values, type],
    };
  return {
    sql: `SELECT t.number FROM titles t WHERE t.type = ? AND ${holds(false)}`,
    values: [type, ...values],
  };
}

function criterion(column: keyof TitleCard, value: string | number, holds: Criterion['holds']): Criterion {
  return { column, values: [value], holds };
}

function text(column: keyof TitleCard, isHidden: boolean): string {
  return isHidden ? `(t."${column}" || '')` : `t."${column}"`;
}

function number(column: keyof TitleCard, isHidden: boolean): string {
  return isHidden ? `(t."${column}" + 0)` : `t."${column}"`;
}
