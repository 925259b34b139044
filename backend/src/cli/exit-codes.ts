import { ConfigurationError } from '../configuration.js';
import { DataFolderError } from '../data-folder.js';
import {
  DatabaseCorruptError,
  DatabaseTooNewError,
  DatabaseUnreachableError,
  DatabaseUnwritableError,
  FolderInUseError,
} from '../database/database.errors.js';
import { SecretsError } from '../encryption/secrets.js';
import { ListenError } from '../http-server.js';
import { BackupError } from '../services/backup/backup.errors.js';
import { CommandError } from './command-error.js';

/** What can be foreseen, and the exit code that says so (backend/docs/operations.md). */
const failures = [
  [CommandError, 1],
  [BackupError, 1],
  [ConfigurationError, 2],
  [ListenError, 3],
  [DataFolderError, 4],
  [DatabaseUnwritableError, 4],
  [SecretsError, 4],
  [DatabaseCorruptError, 5],
  [DatabaseTooNewError, 5],
  [DatabaseUnreachableError, 6],
  [FolderInUseError, 7],
] as const;

/** Does the work of a command. What can be foreseen ends the process with one clear line and its exit code. */
export async function orSayWhy(work: () => Promise<void> | void, opening = ''): Promise<void> {
  try {
    await work();
  } catch (error) {
    const failure = failures.find(([type]) => error instanceof type);
    if (!failure || !(error instanceof Error)) throw error;
    // Not by the console, which belongs to the log once a server has begun to start.
    process.stderr.write(`${opening}${error.message}\n`);
    process.exit(failure[1]);
  }
}
