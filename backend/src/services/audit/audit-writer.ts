import type { Logger } from '../../logging/logger.js';
import type { AuditEventRepository, NewAuditEvent } from '../../repositories/audit-event.repository.js';
import { linkHash } from './audit-chain.js';
import type { AuditJournal } from './audit-journal.js';

interface Waiting {
  event: NewAuditEvent;
  /** Somebody waits for it to be stored. Absent when it is in the journal. */
  settle?: () => void;
}

const eventsPerWrite = 500;
/** More can only wait when the database has stopped writing; then the server log has to do. */
const mostWaiting = 10_000;
/** Events that come within this time share a write. */
const gatherMs = 50;
const retryMs = 1_000;

/**
 * Brings events into the database, many at a time. With a journal whoever records waits for a line in a file, not for
 * the database, which may be busy with other things; what a process that was killed left there is stored by the next.
 */
export class AuditWriter {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly events: AuditEventRepository,
    private readonly logger: Logger,
    private readonly journal: AuditJournal | null,
  ) {}

  /** Stores what an earlier process left in the journal. */
  async start(): Promise<void> {
    const left = this.journal?.open() ?? [];
    if (left.length === 0) return;
    // It may have ended after it stored them and before it forgot them.
    const stored = await this.events.findStored(left.map(({ id }) => id));
    const lost = left.filter(({ id }) => !stored.has(id));
    this.waiting.push(...lost.map((event) => ({ event })));
    if (lost.length > 0)
      this.logger.warn({ events: lost.length }, 'audit events of an ended process are stored');
    else this.journal?.keepOnly([]);
    await this.flush();
  }

  /** Settles when the event will be stored whatever happens to the process. */
  add(event: NewAuditEvent): Promise<void> {
    if (this.waiting.length >= mostWaiting) {
      this.giveUp([event], new Error('Too many audit events are waiting.'));
      return Promise.resolve();
    }
    if (this.isInJournal(event)) {
      this.waiting.push({ event });
      this.timer ??= setTimeout(() => void this.flush(), gatherMs);
      return Promise.resolve();
    }
    return new Promise((settle) => {
      this.waiting.push({ event, settle });
      void this.flush();
    });
  }

  /** Settles when everything added so far is stored, or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length > 0) this.writing ??= this.writeAll();
    await this.writing;
  }

  /** What cannot be stored now stays in the journal. */
  async stop(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    this.journal?.close();
  }

  private isInJournal(event: NewAuditEvent): boolean {
    if (!this.journal) return false;
    try {
      this.journal.append(event);
      return true;
    } catch (error) {
      this.logger.error({ err: error }, 'the audit journal cannot be written; events wait for the database');
      return false;
    }
  }

  private async writeAll(): Promise<void> {
    for (;;) {
      const batch = this.waiting.splice(0, eventsPerWrite);
      const isStored = await this.store(batch);
      // Before anybody hears of it: whoever records next must find it ended, or still running.
      if (!isStored || this.waiting.length === 0) this.writing = null;
      for (const { settle } of batch) settle?.();
      if (this.writing === null) return;
    }
  }

  private async store(batch: readonly Waiting[]): Promise<boolean> {
    try {
      await this.events.append(
        batch.map(({ event }) => event),
        linkHash,
      );
    } catch (error) {
      this.giveUp(
        batch.filter(({ settle }) => settle).map(({ event }) => event),
        error,
      );
      const kept = batch.filter(({ settle }) => !settle);
      if (kept.length === 0) return true;
      this.logger.error({ err: error, events: kept.length }, 'audit events wait in the journal');
      this.waiting.unshift(...kept);
      this.timer ??= setTimeout(() => void this.flush(), retryMs).unref();
      return false;
    }
    this.forgetStored();
    return true;
  }

  private forgetStored(): void {
    try {
      this.journal?.keepOnly(this.waiting.flatMap(({ event, settle }) => (settle ? [] : [event])));
    } catch (error) {
      // What stays in it is known to be stored at the next start.
      this.logger.error({ err: error }, 'the audit journal cannot be emptied');
    }
  }

  private giveUp(events: readonly NewAuditEvent[], error: unknown): void {
    for (const { action, outcome, actorId, address, requestId } of events) {
      this.logger.error(
        { err: error, action, outcome, actorId, address, auditedRequest: requestId },
        'audit event not stored',
      );
    }
  }
}
