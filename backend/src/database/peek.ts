import { existsSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { DatabaseUnreachableError } from './database.errors.js';
import { isPostgres, shownAddress } from './database-address.js';
import { asDatabaseError } from './database-file.js';
import { driverErrorCode, driverErrorMessage } from './driver-error.js';
import { PostgresSource } from './postgres-source.js';
import { createSqliteSource } from './sqlite-source.js';
import type { Store } from './store.js';

/** PostgreSQL's `undefined_table`. */
const noSuchTable = '42P01';

/**
 * Reads something of the database as it lies there, also while a server runs, and changes nothing: no file is made, and
 * no schema brought up to date. Null when there is no database, or none of its tables that are asked for yet.
 * @throws DatabaseCorruptError, DatabaseUnwritableError, DatabaseUnreachableError when it cannot be read
 */
export async function peek<T>(address: string, read: (store: Store) => Promise<T>): Promise<T | null> {
  if (isPostgres(address)) return peekPostgres(address, read);
  if (!existsSync(address)) return null;
  try {
    return await readOnly(createSqliteSource(address, 'read'), read);
  } catch (error) {
    if (driverErrorMessage(error).includes('no such table')) return null;
    throw asDatabaseError(address, error);
  }
}

async function peekPostgres<T>(url: string, read: (store: Store) => Promise<T>): Promise<T | null> {
  try {
    return await readOnly(new PostgresSource(url, 'read'), read);
  } catch (error) {
    if (driverErrorCode(error) === noSuchTable) return null;
    throw new DatabaseUnreachableError(shownAddress(url), driverErrorMessage(error), error);
  }
}

async function readOnly<T>(source: DataSource, read: (store: Store) => Promise<T>): Promise<T> {
  try {
    await source.initialize();
    return await read({
      reader: source.manager,
      write: () => Promise.reject(new Error('The database is only looked at.')),
    });
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}
