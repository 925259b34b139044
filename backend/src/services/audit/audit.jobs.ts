import type { Job } from '../scheduler/job.js';
import type { AuditLogService } from './audit-log.service.js';

/** Keeps the audit log within its age and size. */
export function createAuditJobs(audit: AuditLogService): Job[] {
  return [
    {
      name: 'prune-audit-log',
      description: 'Removes entries of the audit log that are older than it is to reach back.',
      schedule: { everyMs: 6 * 60 * 60_000 },
      run: async () => {
        await audit.prune();
      },
    },
  ];
}
