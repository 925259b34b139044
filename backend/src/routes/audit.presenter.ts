import type { z } from '@hono/zod-openapi';
import type { AuditEvent } from '../entities/audit-event.entity.js';
import type { auditEventSchema } from './audit.schemas.js';

export function presentAuditEvent(event: AuditEvent): z.infer<typeof auditEventSchema> {
  const { id, position, at, action, outcome, actorId, actorName, address, requestId, detail, hash } = event;
  return {
    id,
    position,
    at: at.toISOString(),
    action,
    outcome,
    actorId,
    actorName,
    address,
    requestId,
    detail,
    hash,
  };
}

export const auditCsvHeader =
  'position,at,action,outcome,actorId,actorName,address,requestId,detail,hash\r\n';

/** A line of CSV (RFC 4180). */
export function auditCsvLine(event: AuditEvent): string {
  const { position, at, action, outcome, actorId, actorName, address, requestId, detail, hash } =
    presentAuditEvent(event);
  const cells = [
    position,
    at,
    action,
    outcome,
    actorId,
    actorName,
    address,
    requestId,
    JSON.stringify(detail),
    hash,
  ];
  return `${cells.map(cell).join(',')}\r\n`;
}

/** Spreadsheets take what begins like a formula for one; an apostrophe keeps it a text. */
function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
