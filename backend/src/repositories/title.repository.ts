import type { Store } from '../database/store.js';
import { fold } from '../entities/fold.js';
import type { TitleCard, TitleType } from '../entities/title.entity.js';
import { chunks } from './chunks.js';
import { editDistance } from './edit-distance.js';

/** Which title, without its facts. */
export interface TitleRef {
  mediaId: string;
  type: TitleType;
}

export interface TitlePage {
  items: TitleRef[];
  /** At most `mostCounted`. */
  total: number;
}

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

/** Beyond this nobody pages, and counting would cost. */
export const mostCounted = 10_000;
/** With more matches than this the popular ones are looked through instead of ranking all. */
const mostRanked = 400;
const mostWords = 8;
/** With fewer matches than this a word may have been mistyped. */
const enough = 3;

type Row = Pick<TitleCard, 'number' | 'mediaId' | 'type' | 'name' | 'words' | 'popularity'>;
type Condition = { sql: string; values: (string | number)[] };

const columns = 't.number, t.mediaId, t.type, t.name, t.words, t.popularity';

/** Finds titles in the card index. What it costs does not grow with the library, but with what is shown. */
export class TitleRepository {
  constructor(private readonly store: Store) {}

  /**
   * Titles whose names hold words that begin as those of `text` do, in any order, without regard to accents and signs;
   * mistyped words are understood when the text as it is finds next to nothing. Best first.
   */
  async search(
    text: string,
    {
      page,
      pageSize,
      type,
      ageLimit,
    }: { page: number; pageSize: number } & Pick<TitleFilter, 'type' | 'ageLimit'>,
  ): Promise<TitlePage> {
    const name = fold(text);
    const words = [...new Set(name.split(' '))].filter((word) => word !== '').slice(0, mostWords);
    if (words.length === 0) return { items: [], total: 0 };
    const filter = conditionOf({ type, ageLimit });
    const start = (page - 1) * pageSize;
    const wholeName = await this.rows(
      `SELECT ${columns} FROM titles t WHERE t.name = ? AND ${filter.sql} LIMIT 20`,
      [name, ...filter.values],
    );
    const found =
      (await this.ranked(words.map(matchPrefix).join(' AND '), filter)) ??
      (await this.popular(words, filter, start + pageSize + wholeName.length));
    const all = [...wholeName.sort(byPopularity), ...found.sort(closerTo(name))];
    if (all.length < enough && page === 1)
      all.push(...(await this.searchMistyped(words, filter)).sort(closerTo(name)));
    const once = [...new Map(all.map((row) => [row.number, row])).values()];
    return { items: once.slice(start, start + pageSize).map(toRef), total: once.length };
  }

  /** Titles that fit the filter, in the order asked for. */
  async list(
    filter: TitleFilter,
    { sort, page, pageSize }: { sort: TitleSort; page: number; pageSize: number },
  ): Promise<TitlePage> {
    const { from, where, order } = planOf(filter, sort);
    const rows = await this.rows(
      `SELECT ${columns} FROM ${from.sql} WHERE ${where.sql} ORDER BY ${order} LIMIT ? OFFSET ?`,
      [...from.values, ...where.values, pageSize, (page - 1) * pageSize],
    );
    const items = rows.map(toRef);
    // The last page tells how many there are; only otherwise it is counted.
    if (rows.length > 0 && rows.length < pageSize)
      return { items, total: (page - 1) * pageSize + rows.length };
    const [count] = await this.store.reader.query<{ total: number }[]>(
      `SELECT COUNT(*) AS total FROM (SELECT 1 FROM ${from.sql} WHERE ${where.sql} LIMIT ?)`,
      [...from.values, ...where.values, mostCounted],
    );
    return { items, total: count?.total ?? 0 };
  }

  /** Null when they are too many to rank. */
  private async ranked(match: string, filter: Condition): Promise<Row[] | null> {
    const hits = await this.store.reader.query<{ rowid: number }[]>(
      'SELECT rowid FROM title_words WHERE title_words MATCH ? LIMIT ?',
      [match, mostRanked + 1],
    );
    if (hits.length > mostRanked) return null;
    const rows: Row[] = [];
    for (const some of chunks(hits.map(({ rowid }) => rowid))) {
      const marks = some.map(() => '?').join(', ');
      rows.push(
        ...(await this.rows(
          `SELECT ${columns} FROM titles t WHERE t.number IN (${marks}) AND ${filter.sql}`,
          [...some, ...filter.values],
        )),
      );
    }
    return rows;
  }

  /** So many match that the most popular of them are met soon. */
  private popular(words: readonly string[], filter: Condition, limit: number): Promise<Row[]> {
    const likes = words.map(() => 't.words LIKE ?').join(' AND ');
    return this.rows(
      `SELECT ${columns} FROM titles t WHERE ${likes} AND ${filter.sql} ORDER BY t.popularity DESC, t.number DESC LIMIT ?`,
      [...words.map((word) => `% ${word}%`), ...filter.values, Math.min(limit, mostRanked)],
    );
  }

  private async searchMistyped(words: readonly string[], filter: Condition): Promise<Row[]> {
    const meant = await Promise.all(words.map((word) => this.meantWords(word)));
    if (meant.every((others, index) => others.length === 1 && others[0] === words[index])) return [];
    const match = meant.map((others) => `(${others.map(matchPrefix).join(' OR ')})`).join(' AND ');
    return (await this.ranked(match, filter)) ?? [];
  }

  /** The word itself when there are words that begin so; else those it differs from by a letter or two. */
  private async meantWords(word: string): Promise<string[]> {
    const beginning = await this.store.reader.query<unknown[]>(
      'SELECT 1 FROM title_dictionary WHERE word >= ? AND word < ? LIMIT 1',
      [word, `${word}\u{10FFFF}`],
    );
    const limit = word.length < 4 ? 0 : word.length < 6 ? 1 : 2;
    if (beginning.length > 0 || limit === 0) return [word];
    const edged = `0${word}0`;
    const threes = new Set(Array.from({ length: edged.length - 2 }, (_, at) => edged.slice(at, at + 3)));
    const similar = await this.store.reader.query<{ word: string }[]>(
      `SELECT d.word FROM (SELECT rowid AS number FROM title_spellings WHERE title_spellings MATCH ? ORDER BY rank LIMIT 200) s
        JOIN title_dictionary d ON d.number = s.number`,
      [[...threes].map((three) => `"${three}"`).join(' OR ')],
    );
    const near = similar
      .map((other) => ({ word: other.word, distance: editDistance(word, other.word, limit) }))
      .filter(({ distance }) => distance <= limit)
      .sort((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1));
    return near.length === 0 ? [word] : near.slice(0, 4).map((other) => other.word);
  }

  private rows(sql: string, values: readonly (string | number)[]): Promise<Row[]> {
    return this.store.reader.query<Row[]>(sql, [...values]);
  }
}

const orders: Record<TitleSort, string> = {
  popularity: 't.popularity DESC, t.number DESC',
  rating: 't.rating DESC, t.number DESC',
  newest: 't.releaseDate DESC, t.number DESC',
  title: 't.name ASC, t.number ASC',
};

/**
 * Which table is walked in which order. A genre by popularity has an index of its own. A few years hold few titles: they
 * are found by date and then sorted, for walking all titles by popularity would take long to meet twenty of 1921.
 */
function planOf(filter: TitleFilter, sort: TitleSort): { from: Condition; where: Condition; order: string } {
  const { genre, type, yearFrom, yearTo } = filter;
  const where = conditionOf(filter);
  const narrow = yearFrom !== undefined && yearTo !== undefined && yearTo - yearFrom <= 5;
  if (genre === undefined) {
    const order = narrow && sort !== 'newest' ? orders[sort].replaceAll('t.', '+t.') : orders[sort];
    return { from: { sql: 'titles t', values: [] }, where, order };
  }
  const ofGenre = `title_genres g CROSS JOIN titles t ON t.number = g.number`;
  where.sql = `g.genreId = ?${type === undefined ? '' : ' AND g.type = ?'} AND ${where.sql}`;
  where.values = [genre, ...(type === undefined ? [] : [type]), ...where.values];
  const order = sort === 'popularity' ? 'g.popularity DESC, g.number DESC' : orders[sort];
  return { from: { sql: ofGenre, values: [] }, where, order };
}

function conditionOf(filter: TitleFilter): Condition {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, value: string | number | null | undefined): void => {
    if (value === undefined || value === null) return;
    parts.push(sql);
    values.push(value);
  };
  add('t.type = ?', filter.type);
  add('t.releaseDate >= ?', filter.yearFrom === undefined ? undefined : String(filter.yearFrom));
  add('t.releaseDate < ?', filter.yearTo === undefined ? undefined : String(filter.yearTo + 1));
  add('t.releaseDate <= ?', filter.releasedBy);
  add('t.rating >= ?', filter.ratingFrom);
  add('t.language = ?', filter.language);
  add('t.isArchived = ?', filter.archived === true ? 1 : undefined);
  add('t.minimumAge <= ?', filter.ageLimit);
  return { sql: parts.length === 0 ? 'TRUE' : parts.join(' AND '), values };
}

/** A prefix query of FTS5; the word holds letters and digits only. */
function matchPrefix(word: string): string {
  return `"${word}"*`;
}

function toRef({ mediaId, type }: Row): TitleRef {
  return { mediaId, type };
}

function byPopularity(a: Row, b: Row): number {
  return b.popularity - a.popularity || b.number - a.number;
}

/** What begins as the text does comes first, then the popular. */
function closerTo(name: string): (a: Row, b: Row) => number {
  const closeness = (row: Row): number => (row.name === name ? 2 : row.name.startsWith(name) ? 1 : 0);
  return (a, b) => closeness(b) - closeness(a) || byPopularity(a, b);
}
