import type { AuditDetail, AuditEvent, AuditOutcome } from '../../entities/audit-event.entity.js';
import { newId } from '../../entities/id.js';
import type { Logger } from '../../logging/logger.js';
import type {
  AuditEventRepository,
  AuditFilter,
  NewAuditEvent,
} from '../../repositories/audit-event.repository.js';
import { type ChainVerdict, verifyChain } from './audit-chain.js';
import type { AuditJournal } from './audit-journal.js';
import { AuditWriter } from './audit-writer.js';
import type { RequestOrigin } from './request-origin.js';

/** Everything that is recorded, area first. */
export const auditActions = [
  'setup.completed',
  'setup.refused',
  'session.created',
  'session.refused',
  'session.signed-out',
  'session.revoked',
  'session.ended',
  'session.token-reused',
  'session.confirmed',
  'session.not-confirmed',
  'factor.app-added',
  'factor.app-removed',
  'factor.passkey-added',
  'factor.passkey-removed',
  'factor.passkey-suspected',
  'factor.recovery-renewed',
  'factor.recovery-used',
  'factor.refused',
  'factor.reset',
  'access.refused',
  'device.approved',
  'device.denied',
  'user.created',
  'user.changed',
  'user.password-reset',
  'user.deleted',
  'account.changed',
  'account.password-changed',
  'account.password-refused',
  'account.exported',
  'account.deleted',
  'playback.started',
  'indexer.created',
  'indexer.changed',
  'indexer.deleted',
  'indexer.reordered',
  'storage.deleted',
  'storage.pinned',
  'storage.unpinned',
  'vpn.protected',
  'vpn.lost',
  'vpn.address-changed',
  'job.run',
  'job.paused',
  'job.resumed',
  'backup.created',
  'backup.restored',
  'database.moved',
  'keys.rotated',
  'engine.torrent-refused',
  'trakt.linked',
  'trakt.unlinked',
  'settings.changed',
  'settings.rolled-back',
  'settings.refused',
  'audit.exported',
  'audit.pruned',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Who acted, by value: the account may go. */
export interface AuditActor {
  id: string;
  name: string;
}

export interface AuditEntry {
  action: AuditAction;
  outcome: AuditOutcome;
  /** Null when nobody is known to have acted. */
  actor: AuditActor | null;
  origin: RequestOrigin;
  /** Never secrets. What looks like one by its name is masked all the same. */
  detail: AuditDetail;
}

export interface AuditLogOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Older events are removed. Milliseconds. */
  maxAgeMs?: number;
  /** Of more than this many the oldest are removed. */
  maxEvents?: number;
  /** Of the server; without one every entry waits for the database. */
  journal?: AuditJournal | null;
}

const longestText = 2_000;
const secretName = /password|token$|secret|grant|authorization|cookie|apikey|code/i;
const day = 24 * 60 * 60_000;
const eventsPerRead = 1_000;

/** Security-relevant acts, kept as plain values and chained by hash. */
export class AuditLogService {
  private readonly writer: AuditWriter;
  private readonly now: () => number;
  private maxAgeMs: number;
  private readonly maxEvents: number;

  constructor(
    private readonly events: AuditEventRepository,
    logger: Logger,
    { now = Date.now, maxAgeMs = 90 * day, maxEvents = 200_000, journal = null }: AuditLogOptions = {},
  ) {
    this.writer = new AuditWriter(events, logger, journal);
    this.now = now;
    this.maxAgeMs = maxAgeMs;
    this.maxEvents = maxEvents;
  }

  /** From the next look on, older events are removed. Milliseconds. */
  keepFor(maxAgeMs: number): void {
    this.maxAgeMs = maxAgeMs;
  }

  /** Stores what a process that ended without a farewell has left in the journal. To be called before anything is recorded. */
  start(): Promise<void> {
    return this.writer.start();
  }

  /** Settles when what was recorded is stored. */
  stop(): Promise<void> {
    return this.writer.stop();
  }

  /** Settles when the entry cannot be lost any more. Never fails its caller: what cannot be kept goes to the log instead. */
  record(entry: AuditEntry): Promise<void> {
    return this.writer.add(this.eventOf(entry));
  }

  /** Latest first; `page` counts from 1. */
  async list(
    options: AuditFilter & { page: number; pageSize: number },
  ): Promise<{ items: AuditEvent[]; total: number }> {
    await this.writer.flush();
    return this.events.list(options);
  }

  /** All of them, oldest first, read as they are taken. */
  async *export(filter: AuditFilter): AsyncGenerator<readonly AuditEvent[]> {
    await this.writer.flush();
    for (let position = 0; ; ) {
      const page = await this.events.listAfter(position, eventsPerRead, filter);
      const last = page.at(-1);
      if (!last) return;
      yield page;
      position = last.position;
    }
  }

  /** Whether events were removed or changed behind the server's back. */
  async verify(): Promise<ChainVerdict> {
    await this.writer.flush();
    return verifyChain(await this.events.chain(), this.export({}));
  }

  /** Removes what is too old or too many; answers how many. */
  async prune(): Promise<number> {
    const { headPosition } = await this.events.chain();
    const tooOld = await this.events.latestBefore(new Date(this.now() - this.maxAgeMs));
    const upTo = Math.max(tooOld, headPosition - this.maxEvents);
    const removed = upTo > 0 ? await this.events.prune(upTo) : 0;
    if (removed > 0) {
      const origin = { address: null, requestId: null, userAgent: null };
      await this.record({ action: 'audit.pruned', outcome: 'ok', actor: null, origin, detail: { removed } });
    }
    return removed;
  }

  private eventOf({ action, outcome, actor, origin, detail }: AuditEntry): NewAuditEvent {
    const at = this.now();
    return {
      id: newId(at),
      at: new Date(at),
      action,
      outcome,
      actorId: actor?.id ?? null,
      actorName: actor === null ? null : plain(actor.name),
      address: origin.address,
      requestId: origin.requestId,
      detail: Object.fromEntries(Object.entries(detail).map(([name, value]) => [name, safe(name, value)])),
    };
  }
}

function safe(name: string, value: AuditDetail[string]): AuditDetail[string] {
  if (secretName.test(name)) return '[secret]';
  return typeof value === 'string' ? plain(value) : value;
}

/** One line, whatever was put into it: control and direction characters are shown as their code. */
function plain(text: string): string {
  return text
    .slice(0, longestText)
    .replaceAll(
      /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
