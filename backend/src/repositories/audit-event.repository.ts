import { type EntityManager, In, LessThanOrEqual } from 'typeorm';
import type { Store } from '../database/store.js';
import { AuditChain } from '../entities/audit-chain.entity.js';
import { AuditEvent, type AuditOutcome } from '../entities/audit-event.entity.js';

export type NewAuditEvent = Omit<AuditEvent, 'position' | 'hash'>;

/** Each narrows; none lets everything through. */
export interface AuditFilter {
  /** An action (`session.created`), or a whole area (`session`). */
  action?: string | undefined;
  actorId?: string | undefined;
  outcome?: AuditOutcome | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
}

/** The hash of an event at its place, over the hash of the one before. */
export type LinkHash = (previousHash: string, event: Omit<AuditEvent, 'hash'>) => string;

/** SQLite takes 32,766 parameters in a statement. */
const rowsPerInsert = 500;

export class AuditEventRepository {
  constructor(private readonly store: Store) {}

  /** Adds to the end of the chain, all or nothing. */
  async append(events: readonly NewAuditEvent[], linkHash: LinkHash): Promise<void> {
    await this.store.write(async (manager) => {
      const chain = await loadChain(manager);
      const rows = events.map((event) => {
        const place = { ...event, position: chain.headPosition + 1 };
        const row = { ...place, hash: linkHash(chain.headHash, place) };
        Object.assign(chain, { headPosition: row.position, headHash: row.hash });
        return row;
      });
      for (let at = 0; at < rows.length; at += rowsPerInsert) {
        await manager.insert(AuditEvent, rows.slice(at, at + rowsPerInsert));
      }
      await manager.save(AuditChain, chain);
    });
  }

  /** Which of these ids are in the log. */
  async findStored(ids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let at = 0; at < ids.length; at += rowsPerInsert) {
      const some = In(ids.slice(at, at + rowsPerInsert));
      const rows = await this.store.reader.find(AuditEvent, { where: { id: some }, select: { id: true } });
      for (const { id } of rows) found.add(id);
    }
    return found;
  }

  /** Latest first. `page` counts from 1. */
  async list(
    options: AuditFilter & { page: number; pageSize: number },
  ): Promise<{ items: AuditEvent[]; total: number }> {
    const query = this.filtered(options).orderBy('event.position', 'DESC');
    const [items, total] = await query
      .skip((options.page - 1) * options.pageSize)
      .take(options.pageSize)
      .getManyAndCount();
    return { items, total };
  }

  /** The next ones after a place, oldest first. */
  listAfter(position: number, limit: number, filter: AuditFilter = {}): Promise<AuditEvent[]> {
    return this.filtered(filter)
      .andWhere('event.position > :position', { position })
      .orderBy('event.position', 'ASC')
      .take(limit)
      .getMany();
  }

  chain(): Promise<AuditChain> {
    return loadChain(this.store.reader);
  }

  /** The place of the latest event before a moment; 0 when there is none. */
  async latestBefore(moment: Date): Promise<number> {
    const [latest] = await this.store.reader
      .createQueryBuilder(AuditEvent, 'event')
      .where('event.at < :moment', { moment: moment.getTime() })
      .orderBy('event.at', 'DESC')
      .take(1)
      .getMany();
    return latest?.position ?? 0;
  }

  /** Removes the oldest, up to and with a place, and notes where the chain begins now. Answers how many went. */
  prune(upTo: number): Promise<number> {
    return this.store.write(async (manager) => {
      const last = await manager.findOneBy(AuditEvent, { position: upTo });
      if (!last) return 0;
      const { affected } = await manager.delete(AuditEvent, { position: LessThanOrEqual(upTo) });
      await manager.update(AuditChain, { id: chainId }, { basePosition: upTo, baseHash: last.hash });
      return affected ?? 0;
    });
  }

  private filtered({ action, actorId, outcome, since, until }: AuditFilter) {
    const query = this.store.reader.createQueryBuilder(AuditEvent, 'event');
    if (action?.includes('.')) query.andWhere('event.action = :action', { action });
    // Everything that begins with `area.`, written so that the index is used.
    else if (action !== undefined) {
      query.andWhere('event.action >= :from AND event.action < :to', {
        from: `${action}.`,
        to: `${action}/`,
      });
    }
    if (actorId !== undefined) query.andWhere('event.actorId = :actorId', { actorId });
    if (outcome !== undefined) query.andWhere('event.outcome = :outcome', { outcome });
    if (since !== undefined) query.andWhere('event.at >= :since', { since: since.getTime() });
    if (until !== undefined) query.andWhere('event.at < :until', { until: until.getTime() });
    return query;
  }
}

const chainId = 'audit';

async function loadChain(manager: EntityManager): Promise<AuditChain> {
  return (
    (await manager.findOneBy(AuditChain, { id: chainId })) ??
    manager.create(AuditChain, { id: chainId, headPosition: 0, headHash: '', basePosition: 0, baseHash: '' })
  );
}
