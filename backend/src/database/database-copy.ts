import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { DatabaseCorruptError } from './database.errors.js';
import { asDatabaseError, checkSchema, prepareFile } from './database-file.js';
import { driverErrorCode } from './driver-error.js';

/**
 * Copies the database as it is at one moment, also while a server writes to it, into a new file (0600).
 * @throws DatabaseCorruptError when the copy does not pass SQLite's whole integrity check
 */
export async function copyDatabase(file: string, target: string): Promise<void> {
  await prepareFile(target);
  withConnection(file, (connection) => {
    connection.prepare('VACUUM INTO ?').run(target);
  });
  withConnection(target, (connection) => {
    const verdict = String(connection.pragma('integrity_check(1)', { simple: true }));
    if (verdict !== 'ok') throw new DatabaseCorruptError(file, verdict);
  });
}

/** Whether a copy can be put to use by this version. @throws DatabaseCorruptError, DatabaseTooNewError */
export function checkDatabaseCopy(file: string): void {
  withConnection(file, (connection) => {
    const verdict = String(connection.pragma('integrity_check(1)', { simple: true }));
    if (verdict !== 'ok') throw new DatabaseCorruptError(file, verdict);
    checkSchema(connection, file);
  });
}

/** Whether there is a database whose schema is this version's, neither older nor newer. */
export function isFileUpToDate(file: string): boolean {
  if (!existsSync(file)) return false;
  let due: string | undefined;
  withConnection(file, (connection) => {
    due = checkSchema(connection, file);
  });
  return due === undefined;
}

/** Whether another process has the database open. It is asked of SQLite's own locks, so it cannot be stale. */
export function isDatabaseInUse(file: string): boolean {
  const connection = new Sqlite(file, { timeout: 0 });
  try {
    // In WAL mode every open connection holds a shared lock, which exclusive mode cannot get past.
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.exec('BEGIN IMMEDIATE; ROLLBACK');
    return false;
  } catch (error) {
    if (driverErrorCode(error)?.startsWith('SQLITE_BUSY')) return true;
    // Damaged is not in use; what is replaced may well be damaged.
    return false;
  } finally {
    connection.close();
  }
}

function withConnection(file: string, work: (connection: Sqlite.Database) => void): void {
  try {
    const connection = new Sqlite(file, { timeout: 5_000, fileMustExist: true });
    try {
      work(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw asDatabaseError(file, error);
  }
}
