import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { z } from 'zod';
import { auditOutcomes } from '../../entities/audit-event.entity.js';
import type { NewAuditEvent } from '../../repositories/audit-event.repository.js';

/** Written anew when it has grown beyond this although not everything in it is stored. Bytes. */
const compactBeyond = 1024 * 1024;

/**
 * Events on their way into the database, a line of JSON each, in a file (0600) that survives the end of the process. It
 * is handed to the operating system, not to the disk: a power cut may cost the last moments, as it may with the database
 * itself. Written synchronously, some microseconds each: through the thread pool a line would wait behind passwords
 * being hashed.
 */
export class AuditJournal {
  private handle: number | null = null;
  private size = 0;

  constructor(private readonly file: string) {}

  /** Opens it; answers what an earlier process left in it. A last line that was cut off was never acknowledged. */
  open(): NewAuditEvent[] {
    this.handle = openSync(this.file, 'a', 0o600);
    const text = readFileSync(this.file, 'utf8');
    this.size = Buffer.byteLength(text);
    return text.split('\n').flatMap((line) => parsed(line) ?? []);
  }

  /** Settled when it returns. Errors: those of the file system. */
  append(event: NewAuditEvent): void {
    const line = Buffer.from(lineOf(event));
    if (writeSync(this.opened(), line) !== line.length) throw new Error('The disk is full.');
    this.size += line.length;
  }

  /** Forgets everything but these, which are in it and not stored yet. */
  keepOnly(events: readonly NewAuditEvent[]): void {
    if (events.length === 0) ftruncateSync(this.opened(), 0);
    else if (this.size > compactBeyond) this.rewrite(events);
    else return;
    this.size = events.length === 0 ? 0 : this.size;
  }

  close(): void {
    if (this.handle !== null) closeSync(this.handle);
    this.handle = null;
  }

  private rewrite(events: readonly NewAuditEvent[]): void {
    const temporary = `${this.file}.tmp`;
    const text = events.map(lineOf).join('');
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, this.file);
    this.close();
    this.handle = openSync(this.file, 'a', 0o600);
    this.size = Buffer.byteLength(text);
  }

  private opened(): number {
    if (this.handle === null) throw new Error('The audit journal is not open.');
    return this.handle;
  }
}

const lineSchema = z.strictObject({
  id: z.string(),
  at: z.number().transform((ms) => new Date(ms)),
  action: z.string(),
  outcome: z.enum(auditOutcomes),
  actorId: z.string().nullable(),
  actorName: z.string().nullable(),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

function lineOf(event: NewAuditEvent): string {
  return `${JSON.stringify({ ...event, at: event.at.getTime() })}\n`;
}

function parsed(line: string): NewAuditEvent | null {
  try {
    const result = lineSchema.safeParse(JSON.parse(line));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
