import { existsSync } from 'node:fs';
import { asDatabaseError } from './database-file.js';
import { driverErrorMessage } from './driver-error.js';
import { createSqliteSource } from './sqlite-source.js';
import type { Store } from './store.js';

/**
 * Reads something of the database as it lies there, also while a server runs, and changes nothing: no file is made, and
 * no schema brought up to date. Null when there is no database, or none of its tables that are asked for yet.
 * @throws DatabaseCorruptError, DatabaseUnwritableError when it cannot be read
 */
export async function peek<T>(file: string, read: (store: Store) => Promise<T>): Promise<T | null> {
  if (!existsSync(file)) return null;
  const source = createSqliteSource(file, 'read');
  try {
    await source.initialize();
    return await read({
      reader: source.manager,
      write: () => Promise.reject(new Error('The database is only looked at.')),
    });
  } catch (error) {
    if (driverErrorMessage(error).includes('no such table')) return null;
    throw asDatabaseError(file, error);
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}
