import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { openTestAuth } from '../test-support/auth.js';
import { openTestDatabase } from '../test-support/database.js';
import { verifyAuditLog } from './audit.command.js';

test('tells an empty, an intact and a tampered log apart, beside a running server', async () => {
  const empty = await openTestDatabase();
  expect(await verifyAuditLog(empty.file)).toEqual({
    intact: true,
    message: 'The audit log is intact: 0 events. Hash of the latest: none',
  });
  await empty.dispose();

  const kinora = await openTestAuth();
  const origin = { address: null, requestId: null, userAgent: null };
  for (const name of ['ana', 'bo'])
    await kinora.auth.startSession(await kinora.createUser(name, 'correct horse'), origin);
  expect(await verifyAuditLog(kinora.file)).toMatchObject({ intact: true });
  const raw = new Sqlite(kinora.file);
  raw.exec(`UPDATE audit_events SET actorName = 'eve' WHERE position = 2`);
  raw.close();
  expect(await verifyAuditLog(kinora.file)).toEqual({
    intact: false,
    message: 'The audit log was tampered with: event 2 was changed. 1 events before it are intact.',
  });
  await kinora.dispose();
});
