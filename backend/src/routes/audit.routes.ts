import type { AuditEvent } from '../entities/audit-event.entity.js';
import { requireUser } from '../middleware/auth.middleware.js';
import type { AuditLogService } from '../services/audit/audit-log.service.js';
import { UnauthenticatedError } from '../services/auth/auth.errors.js';
import type { RightsHold, RightsWatch } from '../services/auth/rights-watch.js';
import { auditCsvHeader, auditCsvLine, presentAuditEvent } from './audit.presenter.js';
import { auditExportRoute, auditRoute, auditVerifyRoute } from './audit.schemas.js';
import { createApi } from './create-api.js';
import { requestOrigin } from './request-origin.js';
import { streamedBody } from './streamed-body.js';

export interface AuditRoutesOptions {
  audit: AuditLogService;
  /** Ends an export when its administrator is none any more. */
  rights: Pick<RightsWatch, 'hold'>;
}

/** The audit log, for administrators. */
export function createAuditRoutes({ audit, rights }: AuditRoutesOptions) {
  return createApi()
    .openapi(auditRoute, async (context) => {
      const { page, pageSize, ...filter } = context.req.valid('query');
      const { items, total } = await audit.list({ ...withDates(filter), page, pageSize });
      return context.json({ items: items.map(presentAuditEvent), page, pageSize, total }, 200);
    })
    .openapi(auditExportRoute, async (context) => {
      const { format, ...filter } = context.req.valid('query');
      const principal = requireUser(context);
      const { userId, username } = principal;
      await audit.record({
        action: 'audit.exported',
        outcome: 'ok',
        actor: { id: userId, name: username },
        origin: requestOrigin(context),
        detail: { format },
      });
      const isCsv = format === 'csv';
      const line = isCsv
        ? auditCsvLine
        : (event: AuditEvent) => `${JSON.stringify(presentAuditEvent(event))}\n`;
      const ended = new AbortController();
      const holdRights = () => rights.hold(principal, () => ended.abort(new UnauthenticatedError()));
      const lines = heldLines(
        linesOf(audit.export(withDates(filter)), isCsv ? auditCsvHeader : '', line),
        holdRights,
        ended.signal,
      );
      return context.body(streamedBody(context, lines), 200, {
        'Content-Type': isCsv ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
        'Content-Disposition': `attachment; filename="kinora-audit.${format}"`,
      });
    })
    .openapi(auditVerifyRoute, async (context) => {
      const verdict = await audit.verify();
      const { intact, checked } = verdict;
      const found = verdict.intact ? { position: null, fault: null } : verdict;
      return context.json({ intact, checked, position: found.position, fault: found.fault }, 200);
    });
}

interface Filter {
  since?: string | undefined;
  until?: string | undefined;
}

function withDates<T extends Filter>({ since, until, ...rest }: T) {
  return {
    ...rest,
    since: since === undefined ? undefined : new Date(since),
    until: until === undefined ? undefined : new Date(until),
  };
}

/** A page of events at a time, when the client has taken the one before. */
async function* linesOf(
  pages: AsyncGenerator<readonly AuditEvent[]>,
  header: string,
  line: (event: AuditEvent) => string,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  if (header !== '') yield encoder.encode(header);
  for await (const page of pages) yield encoder.encode(page.map(line).join(''));
}

/** Passes lines on for as long as the rights hold; breaks off when `ended` fires. */
async function* heldLines(
  lines: AsyncIterable<Uint8Array>,
  holdRights: () => RightsHold,
  ended: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const hold = holdRights();
  try {
    for await (const chunk of lines) {
      ended.throwIfAborted();
      yield chunk;
    }
  } finally {
    hold.release();
  }
}
