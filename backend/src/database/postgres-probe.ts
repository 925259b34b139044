import { DatabaseUnreachableError } from './database.errors.js';
import { shownAddress } from './database-address.js';
import { driverErrorMessage } from './driver-error.js';
import { postgresMigrations } from './migrations/postgres/index.js';
import { PostgresSource } from './postgres-source.js';

/** What a PostgreSQL is like, as far as it matters to us. */
export interface PostgresProbe {
  /** `15.8`. */
  version: string;
  /** Versions from 12 on have all that is used. */
  isOldVersion: boolean;
  /** Texts of all languages can be kept. */
  isUnicode: boolean;
  mayCreate: boolean;
  /** Of our tables: there are none, those of an earlier version, of this one, or of a later one. */
  schema: 'none' | 'older' | 'current' | 'newer';
}

interface Row {
  version: string;
  number: number;
  encoding: string;
  may: boolean | null;
  migrations: string | null;
}

const question = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
  current_setting('server_encoding') AS encoding, has_schema_privilege(current_schema(), 'CREATE') AS may,
  to_regclass('migrations')::text AS migrations`;
const oldestVersion = 120_000;

/** Looks and changes nothing. @throws DatabaseUnreachableError */
export async function probePostgres(url: string): Promise<PostgresProbe> {
  const source = new PostgresSource(url, 'read');
  try {
    await source.initialize();
    const [row] = await source.query<Row[]>(question);
    if (!row) throw new Error('It told nothing about itself.');
    const names =
      row.migrations === null ? [] : await source.query<{ name: string }[]>('SELECT name FROM migrations');
    return {
      version: row.version.split(' ')[0] ?? row.version,
      isOldVersion: row.number < oldestVersion,
      isUnicode: row.encoding === 'UTF8',
      mayCreate: row.may === true,
      schema: schemaOf(names.map(({ name }) => name)),
    };
  } catch (error) {
    throw new DatabaseUnreachableError(shownAddress(url), driverErrorMessage(error), error);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

function schemaOf(applied: readonly string[]): PostgresProbe['schema'] {
  const known = postgresMigrations.map((migration) => new migration().name);
  if (applied.some((name) => !known.includes(name))) return 'newer';
  if (applied.length === 0) return 'none';
  return applied.length < known.length ? 'older' : 'current';
}
