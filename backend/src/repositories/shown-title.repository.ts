import { queryRows } from '../database/dialect.js';
import type { Store } from '../database/store.js';
import type { Movie } from '../entities/movie.entity.js';
import type { TVShow } from '../entities/tv-show.entity.js';
import { chunks } from './chunks.js';
import type { TitleRef } from './title.repository.js';

const columns = [
  'id',
  'title',
  'year',
  'overview',
  'runtimeSeconds',
  'posterPath',
  'backdropPath',
  'rating',
  'certification',
  'minimumAge',
] as const;

/** The facts that rows and pages of titles show, and those that decide for whom a title is. Movies and series have them all. */
export type ShownTitle = Pick<Movie | TVShow, (typeof columns)[number] | 'type' | 'detailsFetchedAt'>;

type Row = Pick<ShownTitle, (typeof columns)[number]> & {
  /** Milliseconds since 1970; PostgreSQL returns 64-bit integers as text. */
  detailsFetchedAt: number | string | null;
  mergedIntoId: string | null;
};

/**
 * Reads titles for lists of them. A page shows up to hundreds, and making whole entities of them costs ten times as much
 * as these few columns.
 */
export class ShownTitleRepository {
  constructor(private readonly store: Store) {}

  /** By the id asked for, which is not the film's own where it turned out to be another one; unknown ones are left out. */
  async mapByIds(refs: readonly TitleRef[]): Promise<Map<string, ShownTitle>> {
    const found = new Map<string, ShownTitle>();
    const idsOf = (wanted: TitleRef['type']) => [
      ...new Set(refs.filter(({ type }) => type === wanted).map(({ mediaId }) => mediaId)),
    ];
    const merged = new Map<string, string>();
    for (const row of await this.read('movies', idsOf('movie'))) {
      if (row.mergedIntoId === null) found.set(row.id, titleOf('movie', row));
      else merged.set(row.id, row.mergedIntoId);
    }
    if (merged.size > 0) {
      const kept = new Map(
        (await this.read('movies', [...new Set(merged.values())])).map((row) => [row.id, row]),
      );
      for (const [id, keptId] of merged) {
        const row = kept.get(keptId);
        if (row) found.set(id, titleOf('movie', row));
      }
    }
    for (const row of await this.read('shows', idsOf('show'))) found.set(row.id, titleOf('show', row));
    return found;
  }

  private async read(table: 'movies' | 'shows', ids: readonly string[]): Promise<Row[]> {
    const rows: Row[] = [];
    const names = [...columns, 'detailsFetchedAt', ...(table === 'movies' ? ['mergedIntoId'] : [])]
      .map((name) => `"${name}"`)
      .join(', ');
    for (const some of chunks(ids)) {
      const marks = some.map(() => '?').join(', ');
      const sql = `SELECT ${names} FROM ${table} WHERE "id" IN (${marks})`;
      rows.push(...(await queryRows<Row>(this.store.reader, sql, some)));
    }
    return rows;
  }
}

/** Field by field, because copying all but a few of them costs several times as much. */
function titleOf(type: TitleRef['type'], row: Row): ShownTitle {
  return {
    type,
    id: row.id,
    title: row.title,
    year: row.year,
    overview: row.overview,
    runtimeSeconds: row.runtimeSeconds,
    posterPath: row.posterPath,
    backdropPath: row.backdropPath,
    rating: row.rating,
    certification: row.certification,
    minimumAge: row.minimumAge,
    detailsFetchedAt: row.detailsFetchedAt === null ? null : new Date(Number(row.detailsFetchedAt)),
  };
}
