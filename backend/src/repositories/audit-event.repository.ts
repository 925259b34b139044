import type { Store } from '../database/store.js';
import { AuditEvent } from '../entities/audit-event.entity.js';

export type NewAuditEvent = Omit<AuditEvent, never>;

export class AuditEventRepository {
  constructor(private readonly store: Store) {}

  async append(event: NewAuditEvent): Promise<void> {
    await this.store.write((manager) => manager.insert(AuditEvent, event));
  }

  /** Latest first. `page` counts from 1. */
  async list(options: {
    page: number;
    pageSize: number;
    action?: string;
  }): Promise<{ items: AuditEvent[]; total: number }> {
    const [items, total] = await this.store.reader.findAndCount(AuditEvent, {
      where: options.action === undefined ? {} : { action: options.action },
      order: { at: 'DESC', id: 'DESC' },
      skip: (options.page - 1) * options.pageSize,
      take: options.pageSize,
    });
    return { items, total };
  }
}
