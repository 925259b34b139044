import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '../../logging/logger.js';
import { AuditEventRepository } from '../../repositories/audit-event.repository.js';
import { openTestDatabase, type TestDatabase } from '../../test-support/database.js';
import { AuditLogService } from './audit-log.service.js';

let opened: TestDatabase;
let lines: string[];
let audit: AuditLogService;
let clock = 1_000;

beforeEach(async () => {
  opened = await openTestDatabase();
  lines = [];
  const logger = createLogger({
    level: 'info',
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  audit = new AuditLogService(new AuditEventRepository(opened.database), logger, { now: () => clock });
});

afterEach(() => opened.dispose());

const origin = { address: '192.0.2.1', requestId: 'request-1', userAgent: 'x' };
const entry = {
  action: 'session.created',
  outcome: 'ok',
  actor: { id: '1', name: 'ana' },
  origin,
  detail: {},
} as const;

test('keeps who did what, from where, in which request; latest first, in pages', async () => {
  for (let i = 0; i < 5; i += 1) {
    clock += 1;
    await audit.record({ ...entry, detail: { n: i } });
  }
  await audit.record({ ...entry, action: 'session.signed-out' });
  const page = await audit.list({ page: 2, pageSize: 2, action: 'session.created' });
  expect(page.total).toBe(5);
  expect(page.items.map(({ detail }) => detail)).toEqual([{ n: 2 }, { n: 1 }]);
  expect(page.items[0]).toMatchObject({
    action: 'session.created',
    outcome: 'ok',
    actorId: '1',
    actorName: 'ana',
    address: '192.0.2.1',
    requestId: 'request-1',
    at: new Date(clock - 2),
  });
});

test('T47 whatever is put into it stays one bounded line', async () => {
  const nasty = `evil\r\n\u001b[31m{"action":"x"}\u202e\u2028${'x'.repeat(50_000)}`;
  await audit.record({ ...entry, actor: { id: '1', name: 'a\nb' }, detail: { title: nasty } });
  const [event] = (await audit.list({ page: 1, pageSize: 1 })).items;
  expect(event?.actorName).toBe('a\\u000ab');
  expect(String(event?.detail['title'])).toMatch(/^evil\\u000d\\u000a\\u001b\[31m/);
  expect(JSON.stringify(event)).not.toMatch(/[\u0000-\u001f\u202e\u2028]/);
  expect(JSON.stringify(event).length).toBeLessThan(3_000);
});

test('T48 what is named like a secret is masked', async () => {
  await audit.record({
    ...entry,
    detail: { password: 'a', refreshToken: 'b', grant: 'c', setupCode: 'd', device: 'e' },
  });
  const [event] = (await audit.list({ page: 1, pageSize: 1 })).items;
  expect(event?.detail).toEqual({
    password: '[secret]',
    refreshToken: '[secret]',
    grant: '[secret]',
    setupCode: '[secret]',
    device: 'e',
  });
});

test('never fails its caller; what cannot be stored is logged', async () => {
  await opened.database.close();
  await expect(audit.record(entry)).resolves.toBeUndefined();
  expect(lines.join('')).toContain('audit event not stored');
});
