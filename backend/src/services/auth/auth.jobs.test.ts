import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import { createAuthJobs } from './auth.jobs.js';

let kinora: TestAuth;

beforeEach(async () => {
  kinora = await openTestAuth();
});
afterEach(() => kinora.dispose());

test('sign-ins are forgotten when they have expired, and not before', async () => {
  const user = await kinora.createUser('ana', 'correct horse');
  const { accessToken: first } = await kinora.auth.startSession(user, origin);
  const day = 24 * 60 * 60_000;
  kinora.clock.now += 29 * day;
  await kinora.auth.startSession(user, origin);
  const [job] = createAuthJobs({
    auth: kinora.auth,
    sessions: kinora.sessions,
    idleMs: () => 60 * day,
    now: () => kinora.clock.now,
  });
  const sessions = async () => {
    await job?.run({ signal: AbortSignal.timeout(10_000) });
    return kinora.database.reader.query<{ n: number }[]>('SELECT count(*) AS n FROM sessions');
  };
  expect(await sessions()).toEqual([{ n: 2 }]);
  kinora.clock.now += day;
  expect(await sessions()).toEqual([{ n: 1 }]);
  await expect(kinora.auth.authenticate(first)).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(await kinora.auth.listSessions(user.id)).toHaveLength(1);
});
