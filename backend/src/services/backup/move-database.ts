import { existsSync } from 'node:fs';
import { Database } from '../../database/database.js';
import { shownAddress } from '../../database/database-address.js';
import { silentLogger } from '../../logging/logger.js';
import { AuditEventRepository } from '../../repositories/audit-event.repository.js';
import { carryRows, hasNoRows } from '../../repositories/carried-rows.js';
import { type AuditActor, AuditLogService } from '../audit/audit-log.service.js';
import { checkDatabase } from '../settings/database.check.js';
import { BackupError } from './backup.errors.js';

/**
 * Carries all rows of the SQLite file over into an empty PostgreSQL, whose audit log tells who did so. The file stays as it
 * is. The server must not run. When anything fails, the PostgreSQL has tables and no rows.
 * @returns how many rows
 * @throws BackupError, DatabaseCorruptError, DatabaseTooNewError, DatabaseUnreachableError
 */
export async function moveDatabase(file: string, url: string, actor: AuditActor): Promise<number> {
  if (!existsSync(file)) throw new BackupError(`There is no database ${file}.`);
  const { verdict, text } = await checkDatabase(url);
  if (verdict === 'broken') throw new BackupError(text);
  const from = await Database.open(file);
  try {
    const to = await Database.open(url);
    try {
      return await carry(from, to, { actor, into: shownAddress(url) });
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function carry(
  from: Database,
  to: Database,
  { actor, into }: { actor: AuditActor; into: string },
): Promise<number> {
  if (!(await hasNoRows(to)))
    throw new BackupError(`${into} holds data of a Kinora already. Nothing was moved.`);
  const rows = await carryRows(from, to);
  await new AuditLogService(new AuditEventRepository(to), silentLogger()).record({
    action: 'database.moved',
    outcome: 'ok',
    actor,
    origin: { address: null, requestId: null, userAgent: null },
    detail: { into, rows },
  });
  return rows;
}
