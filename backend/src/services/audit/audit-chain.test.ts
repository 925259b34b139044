import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { createLogger } from '../../logging/logger.js';
import { AuditEventRepository } from '../../repositories/audit-event.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { AuditLogService } from './audit-log.service.js';
import { RefusalLog } from './refusal-log.js';

let opened: TestDatabase;
let audit: AuditLogService;
let lines: string[];
const clock = { now: 0 };
const day = 86_400_000;

const origin = { address: '192.0.2.1', requestId: 'request-1', userAgent: 'x' };
const entry = (n: number) =>
  ({
    action: 'session.created',
    outcome: 'ok',
    actor: { id: '1', name: 'ana' },
    origin,
    detail: { n, b: true, 1: 'x' },
  }) as const;
const logger = () =>
  createLogger({ level: 'info', pretty: false, destination: { write: (line) => lines.push(line) } });
const actions = async () => (await audit.list({ page: 1, pageSize: 100 })).items.map(({ action }) => action);

beforeEach(async () => {
  opened = await openTestDatabase();
  lines = [];
  clock.now = 1_000_000;
  audit = new AuditLogService(new AuditEventRepository(opened.database), logger(), {
    now: () => clock.now,
    maxAgeMs: 90 * day,
    maxEvents: 50,
  });
});

afterEach(() => opened.dispose());

describe('T47 the chain', () => {
  test('of an untouched log is intact, in the order in which it was recorded', async () => {
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 0 });
    await Promise.all(Array.from({ length: 40 }, (_, n) => audit.record(entry(n))));
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 40 });
    const { items } = await audit.list({ page: 1, pageSize: 100 });
    expect(items.map(({ detail }) => detail['n'])).toEqual(Array.from({ length: 40 }, (_, n) => 39 - n));
  });

  test.each([
    ['a changed text', `UPDATE audit_events SET actorName = 'bob' WHERE position = 4`, 'changed', 4],
    ['a changed time', `UPDATE audit_events SET at = at + 1 WHERE position = 4`, 'changed', 4],
    ['a changed detail', `UPDATE audit_events SET detail = '{}' WHERE position = 1`, 'changed', 1],
    ['a removed event', `DELETE FROM audit_events WHERE position = 4`, 'removed', 4],
    ['a removed beginning', `DELETE FROM audit_events WHERE position <= 4`, 'removed', 1],
    ['a removed end', `DELETE FROM audit_events WHERE position >= 9`, 'cut-off', 9],
    ['a replaced hash', `UPDATE audit_events SET hash = 'x' WHERE position = 10`, 'changed', 10],
    [
      'events that changed places',
      `UPDATE audit_events SET position = -1 WHERE position = 4; UPDATE audit_events SET position = 4 WHERE position = 5;
       UPDATE audit_events SET position = 5 WHERE position = -1`,
      'changed',
      4,
    ],
  ])('shows %s', async (_, sql, fault, position) => {
    for (let n = 0; n < 10; n += 1) await audit.record(entry(n));
    const raw = new Sqlite(opened.file);
    raw.exec(sql);
    raw.close();
    expect(await audit.verify()).toMatchObject({ intact: false, fault, position });
  });

  test('stays intact when the oldest events go by age, and by number', async () => {
    for (let n = 0; n < 10; n += 1) await audit.record(entry(n));
    clock.now += 91 * day;
    for (let n = 0; n < 5; n += 1) await audit.record(entry(n));
    expect(await audit.prune()).toBe(10);
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 6 });
    expect((await actions())[0]).toBe('audit.pruned');
    expect(await audit.prune()).toBe(0);
    await Promise.all(Array.from({ length: 60 }, (_, n) => audit.record(entry(n))));
    await audit.prune();
    expect(await audit.verify()).toMatchObject({ intact: true, checked: 51 });
  });
});

test('what waits at the end is stored before the database closes', async () => {
  for (let n = 0; n < 1_200; n += 1) void audit.record(entry(n));
  await audit.stop();
  expect((await audit.list({ page: 1, pageSize: 1 })).total).toBe(1_200);
});

test('a flood beyond what may wait is told of in the server log, and blocks nobody', async () => {
  const all = Array.from({ length: 10_600 }, (_, n) => audit.record(entry(n)));
  await Promise.all(all);
  const { total } = await audit.list({ page: 1, pageSize: 1 });
  expect(total + lines.length).toBe(10_600);
  expect(await audit.verify()).toMatchObject({ intact: true });
});

test('T47 refusals are recorded once a minute each, sixty in all, and counted beyond', async () => {
  const refusals = new RefusalLog(audit, () => clock.now);
  const refuse = (key: string) => refusals.record(key, { actor: null, origin, detail: { key } });
  for (let i = 0; i < 10; i += 1) refuse('ana');
  for (let i = 0; i < 1_000; i += 1) refuse(`stranger ${i}`);
  clock.now += 60_000;
  refuse('ana');
  await audit.stop();
  const { items, total } = await audit.list({ page: 1, pageSize: 1 });
  expect(total).toBe(61);
  expect(items[0]?.detail).toEqual({ key: 'ana', leftOutBefore: 941 });
});
