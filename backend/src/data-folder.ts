import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';

/** DATA_DIR cannot be used; the message says why, for the operator. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Where things lie in DATA_DIR. Nothing is written outside it. */
export interface DataFolder {
  root: string;
  /** Path of the SQLite file, or URL of the PostgreSQL, which lies elsewhere. */
  database: string;
  secrets: string;
  torrents: string;
  /** Answers of providers; may be deleted at any time. */
  cache: string;
  /** Pictures of providers; may be deleted at any time. */
  pictures: string;
  /** Audit events on their way into the database. */
  auditJournal: string;
}

/** Makes DATA_DIR, for this user's eyes only, and checks that it can be written. */
export function prepareDataFolder(dataDir: string, databaseUrl?: string): DataFolder {
  const root = path.resolve(dataDir);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new DataFolderError(
      `The data folder ${root} cannot be written (${reason}). Set DATA_DIR to a folder that can.`,
      {
        cause: error,
      },
    );
  }
  return {
    root,
    database: databaseUrl ?? path.join(root, 'kinora.sqlite'),
    secrets: path.join(root, 'secrets'),
    torrents: path.join(root, 'torrents'),
    cache: path.join(root, 'cache.sqlite'),
    pictures: path.join(root, 'pictures'),
    auditJournal: path.join(root, 'audit.journal'),
  };
}
