import type { AuditEntry, AuditLogService } from './audit-log.service.js';

const windowMs = 60_000;
const perWindow = 60;

/**
 * Refusals, of which an attacker makes as many as they like. Of alike ones the first in each minute is recorded, and no
 * more than sixty a minute in all; how many were left out is said by the next one that is recorded.
 */
export class RefusalLog {
  private windowStart = 0;
  private seen = new Set<string>();
  private leftOut = 0;

  constructor(
    private readonly audit: AuditLogService,
    private readonly now: () => number,
  ) {}

  /** @param key what makes two refusals alike. Not waited for: whoever is refused is not made to wait. */
  record(key: string, entry: Omit<AuditEntry, 'action' | 'outcome'>): void {
    const now = this.now();
    if (now - this.windowStart >= windowMs || now < this.windowStart) {
      this.windowStart = now;
      this.seen = new Set();
    }
    if (this.seen.has(key) || this.seen.size >= perWindow) {
      this.leftOut += 1;
      return;
    }
    this.seen.add(key);
    const detail = this.leftOut > 0 ? { ...entry.detail, leftOutBefore: this.leftOut } : entry.detail;
    this.leftOut = 0;
    void this.audit.record({ ...entry, detail, action: 'access.refused', outcome: 'denied' });
  }
}
