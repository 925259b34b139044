import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { User } from '../../entities/user.entity.js';
import { openTestAuth, origin, type TestAuth } from '../../test-support/auth.js';
import { createAuthJobs } from './auth.jobs.js';

let kinora: TestAuth;
let ana: User;
const day = 24 * 60 * 60_000;

beforeEach(async () => {
  kinora = await openTestAuth();
  ana = await kinora.createUser('ana', 'correct horse');
});

afterEach(() => kinora.dispose());

describe('T38 the sessions of an account', () => {
  test('are fifty at most: a further one ends the one idle longest, and says so in the audit log', async () => {
    const first = await kinora.auth.startSession(ana, origin);
    kinora.clock.now += 1_000;
    const second = await kinora.auth.startSession(ana, origin);
    kinora.clock.now += 1_000;
    // Used since, so the second is idle longest.
    await kinora.auth.refresh(first.refresh.token, origin);
    const ended: string[] = [];
    const principal = await kinora.auth.authenticate(second.accessToken);
    kinora.rights.hold(principal, () => ended.push(principal.sessionId));
    for (let i = 0; i < 49; i += 1) await kinora.auth.startSession(ana, origin);
    expect(await kinora.auth.listSessions(ana.id)).toHaveLength(50);
    expect(ended).toEqual([principal.sessionId]);
    await expect(kinora.auth.authenticate(first.accessToken)).resolves.toBeDefined();
    await expect(kinora.auth.authenticate(second.accessToken)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const { items } = await kinora.audit.list({ page: 1, pageSize: 100, action: 'session.ended' });
    expect(items).toMatchObject([
      { detail: { sessionId: principal.sessionId, reason: 'too many sessions' } },
    ]);
  });

  test('end when they are not used for as long as the setting says, and not before', async () => {
    kinora.limits.idleMs = 14 * day;
    const idle = await kinora.auth.startSession(ana, origin);
    const used = await kinora.auth.startSession(ana, origin);
    kinora.clock.now += 13 * day;
    const { refresh } = await kinora.auth.refresh(used.refresh.token, origin);
    kinora.clock.now += day;
    await expect(kinora.auth.refresh(idle.refresh.token, origin)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(kinora.auth.refresh(refresh.token, origin)).resolves.toBeDefined();
    expect(await kinora.auth.listSessions(ana.id)).toHaveLength(1);
  });

  test('are ended by the job when nobody asks, with what they hold open', async () => {
    const { accessToken } = await kinora.auth.startSession(ana, origin);
    const principal = await kinora.auth.authenticate(accessToken);
    const ended: unknown[] = [];
    kinora.rights.hold(principal, (now) => ended.push(now));
    const [job] = createAuthJobs({
      auth: kinora.auth,
      sessions: kinora.sessions,
      idleMs: () => 14 * day,
      now: () => kinora.clock.now,
    });
    const run = () => job?.run({ signal: AbortSignal.timeout(10_000) });
    kinora.clock.now += 14 * day;
    await run();
    expect(ended).toEqual([]);
    kinora.clock.now += 1;
    await run();
    expect(ended).toEqual([null]);
    expect(await kinora.auth.listSessions(ana.id)).toEqual([]);
  });
});
