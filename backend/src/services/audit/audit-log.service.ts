import type { AuditDetail, AuditEvent, AuditOutcome } from '../../entities/audit-event.entity.js';
import { newId } from '../../entities/id.js';
import type { Logger } from '../../logging/logger.js';
import type { AuditEventRepository, NewAuditEvent } from '../../repositories/audit-event.repository.js';
import type { RequestOrigin } from './request-origin.js';

/** Everything that is recorded, area first. */
export type AuditAction =
  | 'setup.completed'
  | 'setup.refused'
  | 'session.created'
  | 'session.refused'
  | 'session.signed-out'
  | 'session.revoked'
  | 'session.token-reused'
  | 'access.refused'
  | 'device.approved'
  | 'device.denied'
  | 'user.created'
  | 'user.changed'
  | 'user.password-reset'
  | 'user.deleted'
  | 'account.changed'
  | 'account.password-changed'
  | 'account.password-refused'
  | 'playback.started';

export interface AuditEntry {
  action: AuditAction;
  outcome: AuditOutcome;
  /** Null when nobody is known to have acted. */
  actor: { id: string; name: string } | null;
  origin: RequestOrigin;
  /** Never secrets. What looks like one by its name is masked all the same. */
  detail: AuditDetail;
}

const longestText = 2_000;
const secretName = /password|token$|secret|grant|authorization|cookie|apikey|code/i;

/** Security-relevant acts, kept as plain values. */
export class AuditLogService {
  constructor(
    private readonly events: AuditEventRepository,
    private readonly logger: Logger,
    private readonly now: () => number = Date.now,
  ) {}

  /** Settles when the entry is stored. Never fails its caller: what cannot be stored goes to the log instead. */
  async record(entry: AuditEntry): Promise<void> {
    try {
      await this.events.append(this.eventOf(entry));
    } catch (error) {
      this.logger.error(
        { err: error, action: entry.action, outcome: entry.outcome },
        'audit event not stored',
      );
    }
  }

  /** Latest first; `page` counts from 1. */
  list(options: {
    page: number;
    pageSize: number;
    action?: AuditAction;
  }): Promise<{ items: AuditEvent[]; total: number }> {
    return this.events.list(options);
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
