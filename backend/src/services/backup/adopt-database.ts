import { Database } from '../../database/database.js';
import { silentLogger } from '../../logging/logger.js';
import { AuditEventRepository } from '../../repositories/audit-event.repository.js';
import { DatabaseIdentityRepository } from '../../repositories/database-identity.repository.js';
import { type AuditActor, AuditLogService } from '../audit/audit-log.service.js';

/**
 * Makes a restored database, which is not in place yet, this server's own: brings its schema up to date, names it anew,
 * and tells its audit log. Errors: those of opening a database.
 */
export async function adoptDatabase(
  file: string,
  { actor, createdAt, version }: { actor: AuditActor; createdAt: string; version: string },
): Promise<void> {
  const database = await Database.open(file);
  try {
    await new DatabaseIdentityRepository(database).renew();
    await new AuditLogService(new AuditEventRepository(database), silentLogger()).record({
      action: 'backup.restored',
      outcome: 'ok',
      actor,
      origin: { address: null, requestId: null, userAgent: null },
      detail: { asOf: createdAt, madeBy: `Kinora ${version}` },
    });
  } finally {
    await database.close();
  }
}
