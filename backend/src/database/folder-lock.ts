import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { FolderInUseError } from './database.errors.js';
import { driverErrorCode, driverErrorMessage } from './driver-error.js';

/**
 * Keeps a data folder for this process alone, so that two servers never write the same pieces, keys and journals. The lock
 * is one of the operating system's on a file in the folder, held by SQLite for us: it goes with the process, however that
 * ends, and cannot be stale. Commands that work beside a running server do not ask for it.
 */
export class FolderLock {
  private constructor(private readonly connection: Sqlite.Database) {}

  /**
   * Takes the folder, which must be there. Where its file system knows no locks (some network ones), says so and answers null.
   * @throws FolderInUseError when another process has it
   */
  static take(folder: string, warn: (reason: string) => void): FolderLock | null {
    const file = path.join(folder, 'server.lock');
    try {
      // SQLite would let others of the machine read it.
      closeSync(openSync(file, 'a', 0o600));
      const connection = new Sqlite(file, { timeout: 0 });
      try {
        connection.exec('BEGIN EXCLUSIVE');
        return new FolderLock(connection);
      } catch (error) {
        connection.close();
        throw error;
      }
    } catch (error) {
      if (driverErrorCode(error)?.startsWith('SQLITE_BUSY')) throw new FolderInUseError(folder, error);
      warn(driverErrorMessage(error));
      return null;
    }
  }

  release(): void {
    this.connection.close();
  }
}
