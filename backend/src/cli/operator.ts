import { Database } from '../database/database.js';
import { isUpToDate } from '../database/schema-state.js';
import type { AuditDetail } from '../entities/audit-event.entity.js';
import { silentLogger } from '../logging/logger.js';
import { AuditEventRepository } from '../repositories/audit-event.repository.js';
import { type AuditAction, AuditLogService } from '../services/audit/audit-log.service.js';
import type { Principal } from '../services/auth/principal.js';

/** Whom the audit log names for what is done on the command line. */
export const operator: Principal = {
  userId: 'command-line',
  username: 'command line',
  role: 'admin',
  ageLimit: null,
  language: null,
  sessionId: 'command-line',
  securityVersion: null,
  authenticatedAt: null,
};
export const operatorOrigin = { address: null, requestId: null, userAgent: null };

/**
 * Tells the audit log what was done on the command line, also beside a running server. A database that is missing, or
 * of an older version, is left alone: telling must not change it. Errors: those of opening the database.
 */
export async function recordAct(
  databaseAddress: string,
  action: AuditAction,
  detail: AuditDetail,
): Promise<void> {
  if (!(await isUpToDate(databaseAddress))) return;
  const database = await Database.open(databaseAddress);
  try {
    const audit = new AuditLogService(new AuditEventRepository(database), silentLogger());
    const actor = { id: operator.userId, name: operator.username };
    await audit.record({ action, outcome: 'ok', actor, origin: operatorOrigin, detail });
  } finally {
    await database.close();
  }
}
