import { ConfigurationFile } from '../configuration/configuration-file.js';
import type { Configuration } from '../configuration.js';
import { prepareDataFolder } from '../data-folder.js';
import { isPostgres, shownAddress } from '../database/database-address.js';
import { FolderLock } from '../database/folder-lock.js';
import { moveDatabase } from '../services/backup/move-database.js';
import { CommandError } from './command-error.js';
import { operator } from './operator.js';

/**
 * `kinora move-database <address>`: from the SQLite file into an empty PostgreSQL, which is used from the next start on.
 * Errors: those of `moveDatabase`, `CommandError`, and `FolderInUseError` while a server runs.
 */
export async function moveToPostgres(
  { DATA_DIR, DATABASE_URL }: Configuration,
  address: string,
): Promise<string> {
  if (!isPostgres(address))
    throw new CommandError('The address is one such as postgres://user:password@127.0.0.1:5432/kinora.');
  if (DATABASE_URL !== undefined)
    throw new CommandError(
      `DATABASE_URL names ${shownAddress(DATABASE_URL)} already: there is no SQLite file in use. Unset it to move one.`,
    );
  const folder = prepareDataFolder(DATA_DIR);
  const lock = FolderLock.take(folder.root, () => undefined);
  try {
    const actor = { id: operator.userId, name: operator.username };
    const rows = await moveDatabase(folder.database, address, actor);
    const file = new ConfigurationFile(folder.root);
    await file.write({ DATABASE_URL: address });
    return (
      `${rows} rows are in ${shownAddress(address)} now, which the next start uses: DATABASE_URL stands in ${file.name}.\n` +
      `${folder.database} stays as it was; keep it until all is well.`
    );
  } finally {
    lock?.release();
  }
}
