import { queryRows } from '../database/dialect.js';
import type { Store } from '../database/store.js';
import { fold } from '../entities/fold.js';
import { type TitleCard, type TitleType, titleTypes } from '../entities/title.entity.js';
import { chunks } from './chunks.js';
import { editDistance } from './edit-distance.js';
import {
  type Criterion,
  countQuery,
  criteriaOf,
  mostMembers,
  mostOfGenre,
  type Query,
  type TitleFilter,
  type TitleSort,
  titlesQuery,
  type Way,
} from './title-plan.js';
import { titleWordsOf } from './title-words-of.js';

export { type TitleFilter, type TitleSort, titleSorts } from './title-plan.js';

/** Which title, without its facts. */
export interface TitleRef {
  mediaId: string;
  type: TitleType;
}

export interface TitlePage {
  items: TitleRef[];
  /** As many as there are, or were counted. */
  total: number;
  /** There are more than `total`. */
  hasMore: boolean;
}

/** How far beyond a page is counted. */
const countedBeyond = 40;
/** Of very many matches only the most popular ones are ranked by how close they are. */
const mostRanked = 200;
/** How often that many are looked through for those that suit a reader or a type. */
const mostRounds = 5;
const mostWords = 8;
/** Words that a mistyped one is compared with letter by letter. */
const mostSimilar = 200;
/** With fewer matches than this a word may have been mistyped. */
const enough = 3;

type Row = Pick<TitleCard, 'number' | 'mediaId' | 'type' | 'name' | 'words' | 'popularity'>;

const columns = 't.number, t."mediaId", t.type, t.name, t.words, t.popularity';

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
    if (words.length === 0) return { items: [], total: 0, hasMore: false };
    const filter = conditionOf({ type, ageLimit });
    const wholeName = await this.rows(
      `SELECT ${columns} FROM titles t WHERE t.name = ? AND ${filter.sql} LIMIT 20`,
      [name, ...filter.values],
    );
    const found = await this.matching(
      words.map((word) => [word]),
      filter,
    );
    const all = [...wholeName.sort(byPopularity), ...found.sort(closerTo(name))];
    if (all.length < enough && page === 1)
      all.push(...(await this.searchMistyped(words, filter)).sort(closerTo(name)));
    const once = [...new Map(all.map((row) => [row.number, row])).values()];
    const start = (page - 1) * pageSize;
    const items = once.slice(start, start + pageSize).map(toRef);
    return { items, total: once.length, hasMore: found.length >= mostRanked };
  }

  /** Titles that fit the filter, in the order asked for. `countBeyond`: how many more are looked for, to tell how many there are. */
  async list(
    filter: TitleFilter,
    {
      sort,
      page,
      pageSize,
      countBeyond = countedBeyond,
    }: { sort: TitleSort; page: number; pageSize: number; countBeyond?: number },
  ): Promise<TitlePage> {
    const start = (page - 1) * pageSize;
    const { sql, values } = titlesQuery(filter, sort, await this.narrowest(filter, sort));
    const counted = pageSize + countBeyond;
    const found = await queryRows<{ number: number }>(this.store.reader, `${sql} LIMIT ? OFFSET ?`, [
      ...values,
      counted + 1,
      start,
    ]);
    const shown = await this.byNumbers(found.slice(0, pageSize).map(({ number }) => number));
    const items = shown.map(toRef);
    const total =
      found.length === 0 && start > 0 ? await this.countUpTo(start, sql, values) : start + found.length;
    return { items, total: Math.min(total, start + counted), hasMore: found.length > counted };
  }

  /** A page beyond the last one cannot tell by itself how many there are. */
  private async countUpTo(most: number, sql: string, values: Query['values']): Promise<number> {
    const [count] = await queryRows<{ total: number }>(
      this.store.reader,
      `SELECT COUNT(*) AS "total" FROM (SELECT * FROM (${sql}) counted LIMIT ?) bounded`,
      [...values, most],
    );
    return count?.total ?? 0;
  }

  /** For each type a criterion that few titles meet: looking at those is less work than meeting them on the way. */
  private async narrowest(filter: TitleFilter, sort: TitleSort): Promise<Map<TitleType, Way>> {
    const by = new Map<TitleType, Way>();
    const criteria = criteriaOf(filter);
    const genre = criteria.length > 1 ? criteria.find(({ column }) => column === 'genreId') : undefined;
    for (const type of filter.type === undefined ? titleTypes : [filter.type]) {
      let fewest = mostMembers;
      for (const one of criteria) {
        if (isWalked(one, filter, sort)) continue;
        const count = await this.countMembers(type, one, fewest + 1);
        if (count > fewest) continue;
        fewest = count;
        by.set(type, one);
      }
      const isLarge =
        genre && !by.has(type) && (await this.countMembers(type, genre, mostOfGenre + 1)) > mostOfGenre;
      if (isLarge) by.set(type, 'all titles');
    }
    return by;
  }

  private async countMembers(type: TitleType, one: Criterion, most: number): Promise<number> {
    const { sql, values } = countQuery(type, one, most);
    const [count] = await queryRows<{ total: number }>(this.store.reader, sql, values);
    return count?.total ?? 0;
  }

  /** The most popular titles with such words. */
  private async matching(groups: readonly (readonly string[])[], filter: Query): Promise<Row[]> {
    const { reader } = this.store;
    const rows: Row[] = [];
    for (let round = 0; round < mostRounds && rows.length < mostRanked; round += 1) {
      const window = { skip: round * mostRanked, take: mostRanked };
      const numbers = await titleWordsOf(reader).match(reader, groups, window);
      rows.push(...(await this.byNumbers(numbers, filter)));
      if (numbers.length < mostRanked) break;
    }
    return rows;
  }

  /** In the order of the numbers, as far as they fit. */
  private async byNumbers(
    numbers: readonly number[],
    filter: Query = { sql: 'TRUE', values: [] },
  ): Promise<Row[]> {
    const found = new Map<number, Row>();
    for (const some of chunks(numbers)) {
      const marks = some.map(() => '?').join(', ');
      const sql = `SELECT ${columns} FROM titles t WHERE t.number IN (${marks}) AND ${filter.sql}`;
      for (const row of await this.rows(sql, [...some, ...filter.values])) found.set(row.number, row);
    }
    return numbers.flatMap((number) => found.get(number) ?? []);
  }

  private async searchMistyped(words: readonly string[], filter: Query): Promise<Row[]> {
    const meant = await Promise.all(words.map((word) => this.meantWords(word)));
    if (meant.every((others, index) => others.length === 1 && others[0] === words[index])) return [];
    return this.matching(meant, filter);
  }

  /** The word itself when there are words that begin so; else those it differs from by a letter or two. */
  private async meantWords(word: string): Promise<string[]> {
    const { reader } = this.store;
    const beginning = await queryRows(
      reader,
      'SELECT 1 FROM title_dictionary WHERE word >= ? AND word < ? LIMIT 1',
      [word, `${word}\u{10FFFF}`],
    );
    const limit = word.length < 4 ? 0 : word.length < 6 ? 1 : 2;
    if (beginning.length > 0 || limit === 0) return [word];
    const similar = await titleWordsOf(reader).similar(reader, word, mostSimilar);
    const near = similar
      .map((other) => ({ word: other, distance: editDistance(word, other, limit) }))
      .filter(({ distance }) => distance <= limit)
      .sort((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1));
    return near.length === 0 ? [word] : near.slice(0, 4).map((other) => other.word);
  }

  private rows(sql: string, values: readonly (string | number)[]): Promise<Row[]> {
    return queryRows<Row>(this.store.reader, sql, values);
  }
}

/** The walk in the order of `sort` keeps to it already. */
function isWalked({ column }: Criterion, { genre }: TitleFilter, sort: TitleSort): boolean {
  if (genre !== undefined) return column === 'genreId';
  return (sort === 'newest' && column === 'releaseDate') || (sort === 'rating' && column === 'rating');
}

/** For rows that are found by other means. */
function conditionOf({ type, ageLimit }: Pick<TitleFilter, 'type' | 'ageLimit'>): Query {
  const criteria = criteriaOf({ ageLimit });
  const types = type === undefined ? titleTypes : [type];
  const ofType = `t.type IN (${types.map(() => '?').join(', ')})`;
  return {
    sql: [ofType, ...criteria.map(({ holds }) => holds(true))].join(' AND '),
    values: [...types, ...criteria.flatMap(({ values }) => values)],
  };
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
