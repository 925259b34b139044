import path from 'node:path';
import type { Configuration } from '../configuration.js';
import { prepareDataFolder } from '../data-folder.js';
import { isPostgres } from '../database/database-address.js';
import { FolderLock } from '../database/folder-lock.js';
import { createBackup } from '../services/backup/create-backup.js';
import { restoreBackup } from '../services/backup/restore-backup.js';
import { CommandError } from './command-error.js';
import { operator, recordAct } from './operator.js';

/** `kinora backup [file]`. Errors: those of `createBackup`. */
export async function backUp(
  { DATA_DIR, DATABASE_URL }: Configuration,
  file: string | undefined,
  version: string,
): Promise<string> {
  const now = new Date();
  const name = `kinora-backup-${now.toISOString().slice(0, 19).replaceAll(':', '-')}.tar`;
  const target = path.resolve(file ?? name);
  const folder = prepareDataFolder(DATA_DIR, DATABASE_URL);
  const { files } = await createBackup(folder.root, target, { database: folder.database, version, now });
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await recordAct(folder.database, 'backup.created', { file: target, files: files.length, bytes });
  return `${target}: ${files.length} files, ${Math.ceil(bytes / 1024)} KiB. It holds secrets; keep it where nobody else can read it.`;
}

/** `kinora restore <file>`. Errors: those of `restoreBackup`, `CommandError`, and `FolderInUseError`. */
export async function restore(dataDir: string, file: string, databaseUrl = ''): Promise<string> {
  if (isPostgres(databaseUrl))
    throw new CommandError(
      'DATABASE_URL names a PostgreSQL, which this command leaves alone: see backend/docs/operations.md. Unset it to restore a SQLite file.',
    );
  const { root } = prepareDataFolder(dataDir);
  // No server may start half-way; where there are no locks, the restore looks at the database alone.
  const lock = FolderLock.take(root, () => undefined);
  try {
    const { manifest, replaced } = await restoreBackup(path.resolve(file), root, {
      now: new Date(),
      actor: { id: operator.userId, name: operator.username },
    });
    const kept = replaced === null ? '' : ` What was there lies in ${replaced}.`;
    return `${root} is as it was at ${manifest.createdAt} (Kinora ${manifest.version}).${kept}`;
  } finally {
    lock?.release();
  }
}
