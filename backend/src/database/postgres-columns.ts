import type { ColumnType, EntityMetadata } from 'typeorm';
import { wideInteger } from '../entities/column-types.js';

/**
 * What the columns are in PostgreSQL. They hold what they hold in SQLite, where an integer has 64 bits, a real is a
 * double, a text may be longer than its column says, and texts are compared byte by byte.
 */
const types = {
  integer: 'bigint',
  real: 'double precision',
  blob: 'bytea',
} as const satisfies Partial<Record<string, ColumnType>>;

/** Fits the metadata of a data source of its own; the entities stay as they are. */
export function fitColumns(metadatas: readonly EntityMetadata[]): void {
  for (const column of metadatas.flatMap(({ columns }) => columns)) {
    const type = String(column.type);
    if (type === 'integer' || type === 'real' || type === 'blob') column.type = types[type];
    if (type === 'integer') column.transformer ??= wideInteger;
    if (type !== 'varchar' && type !== 'text') continue;
    column.length = '';
    column.collation = 'C';
  }
}
