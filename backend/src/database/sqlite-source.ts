import { DataSource } from 'typeorm';
import { entities } from './entity-list.js';
import { migrations } from './migrations/index.js';

const busyTimeoutMs = 5_000;

/**
 * One connection to the SQLite file. `write` is the only one that may change anything; `read` connections refuse to
 * (`query_only`), which also keeps them from seeing the half of a transaction that is not committed yet.
 */
export function createSqliteSource(file: string, purpose: 'read' | 'write'): DataSource {
  return new DataSource({
    type: 'better-sqlite3',
    database: file,
    entities,
    migrations: purpose === 'write' ? [...migrations] : [],
    migrationsTransactionMode: 'each',
    synchronize: false,
    timeout: busyTimeoutMs,
    enableWAL: purpose === 'write',
    prepareDatabase: (connection: PragmaTarget) => {
      connection.pragma('synchronous = NORMAL');
      connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
      connection.pragma('trusted_schema = OFF');
      // What a sort spills would go to a folder outside ours, which need not be writable.
      connection.pragma('temp_store = MEMORY');
      if (purpose === 'read') connection.pragma('query_only = ON');
    },
  });
}

/** The driver types its connection as `any`; this is what is used of it. */
interface PragmaTarget {
  pragma(statement: string): unknown;
}
