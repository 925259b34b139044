import { Database } from '../database/database.js';
import { silentLogger } from '../logging/logger.js';
import { AuditEventRepository } from '../repositories/audit-event.repository.js';
import { AuditLogService } from '../services/audit/audit-log.service.js';

/**
 * `kinora audit verify`: whether the audit log is as it was written, also while the server runs.
 * Errors: those of opening the database.
 */
export async function verifyAuditLog(databaseAddress: string): Promise<{ intact: boolean; message: string }> {
  const database = await Database.open(databaseAddress);
  try {
    const audit = new AuditLogService(new AuditEventRepository(database), silentLogger());
    const verdict = await audit.verify();
    if (verdict.intact) {
      const message = `The audit log is intact: ${verdict.checked} events. Hash of the latest: ${verdict.headHash || 'none'}`;
      return { intact: true, message };
    }
    const { fault, position, checked } = verdict;
    const what = {
      removed: `event ${position} was removed`,
      changed: `event ${position} was changed`,
      'cut-off': `everything from event ${position} on was removed`,
    }[fault];
    return {
      intact: false,
      message: `The audit log was tampered with: ${what}. ${checked} events before it are intact.`,
    };
  } finally {
    await database.close();
  }
}
