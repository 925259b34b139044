import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '../../logging/logger.js';
import { AuditEventRepository } from '../../repositories/audit-event.repository.js';
import { openTestDatabase } from '../../test-support/database.js';
import { AuditJournal } from './audit-journal.js';
import { AuditLogService } from './audit-log.service.js';

let folder: string;
let file: string;
let opened: Awaited<ReturnType<typeof openTestDatabase>>;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  folder = await mkdtemp(path.join(tmpdir(), 'kinora-journal-'));
  file = path.join(folder, 'audit.journal');
  opened = await openTestDatabase();
});
afterEach(async () => {
  await opened.dispose();
  await rm(folder, { recursive: true, force: true });
});

const logger = createLogger({
  level: 'info',
  pretty: false,
  destination: { write: (line) => void lines.push(line) },
});
const newLog = (events = new AuditEventRepository(opened.database)) =>
  new AuditLogService(events, logger, { journal: new AuditJournal(file) });
const entry = (n: number) => ({
  action: 'playback.started' as const,
  outcome: 'ok' as const,
  actor: { id: 'u', name: 'ana' },
  origin: { address: null, requestId: null, userAgent: null },
  detail: { n },
});
const numbers = async (log: AuditLogService): Promise<unknown[]> =>
  (await log.list({ page: 1, pageSize: 500 })).items.map(({ detail }) => detail['n']).reverse();

/** The database is too busy to write anything. */
class Stuck extends AuditEventRepository {
  override append(): Promise<void> {
    return Promise.reject(new Error('database is locked'));
  }
}

/** The database writes once it is told to. */
class Held extends AuditEventRepository {
  release: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  override async append(...events: Parameters<AuditEventRepository['append']>): Promise<void> {
    await this.released;
    await super.append(...events);
  }
}

test('T49 an entry is kept before the database has it, for this user alone, and leaves the journal when it has', async () => {
  const held = new Held(opened.database);
  const log = newLog(held);
  await log.start();
  await log.record(entry(1));
  expect(await readFile(file, 'utf8')).toContain('"playback.started"');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  held.release();
  expect(await numbers(log)).toEqual([1]);
  expect((await stat(file)).size).toBe(0);
  await log.record(entry(2));
  await log.stop();
  expect((await stat(file)).size).toBe(0);
  expect(await log.verify()).toMatchObject({ intact: true, checked: 2 });
});

test('F15 what a process that was killed had recorded is stored by the next one, once and in order', async () => {
  const killed = newLog(new Stuck(opened.database));
  await killed.start();
  for (let n = 0; n < 1_200; n += 1) await killed.record(entry(n));
  // It had stored the first, and was killed before it forgot it.
  const [first] = new AuditJournal(file).open();
  if (!first) throw new Error('nothing in the journal');
  await new AuditEventRepository(opened.database).append([first], () => 'a'.repeat(64));
  // And its last line was cut off.
  await appendFile(file, '{"id":"019');
  const next = newLog();
  await next.start();
  const { total } = await next.list({ page: 1, pageSize: 1 });
  expect(total).toBe(1_200);
  expect(await numbers(next)).toEqual(Array.from({ length: 500 }, (_, i) => 700 + i));
  expect((await stat(file)).size).toBe(0);
  await next.stop();
  await killed.stop();
});

test('F13 while the database cannot be written entries wait in the journal and hold nobody up', async () => {
  const stuck = newLog(new Stuck(opened.database));
  await stuck.start();
  const startedAt = performance.now();
  for (let n = 0; n < 100; n += 1) await stuck.record(entry(n));
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  await stuck.stop();
  expect(lines.join('')).toContain('audit events wait in the journal');
  const next = newLog();
  await next.start();
  expect(await numbers(next)).toHaveLength(100);
  expect(await next.verify()).toMatchObject({ intact: true, checked: 100 });
  await next.stop();
});

test('without a journal that can be written an entry waits for the database', async () => {
  const log = new AuditLogService(new AuditEventRepository(opened.database), logger, {
    // Never opened.
    journal: new AuditJournal(file),
  });
  await log.record(entry(1));
  expect((await new AuditEventRepository(opened.database).list({ page: 1, pageSize: 1 })).total).toBe(1);
  expect(lines.join('')).toContain('the audit journal cannot be written');
});

test('a journal that has grown is written anew with what is not stored yet', async () => {
  const journal = new AuditJournal(file);
  journal.open();
  const events = Array.from({ length: 2_000 }, (_, n) => ({
    id: `event-${n}`,
    at: new Date(n),
    action: 'playback.started',
    outcome: 'ok' as const,
    actorId: null,
    actorName: null,
    address: null,
    requestId: null,
    detail: { title: 'x'.repeat(1_000) },
  }));
  for (const event of events) journal.append(event);
  const { size } = await stat(file);
  journal.keepOnly(events.slice(1_990));
  expect((await stat(file)).size).toBeLessThan(size / 100);
  for (const event of events.slice(0, 1)) journal.append(event);
  journal.close();
  expect(new AuditJournal(file).open()).toEqual([...events.slice(1_990), ...events.slice(0, 1)]);
});
