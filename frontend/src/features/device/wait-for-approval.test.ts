/// <reference types="node" />
import { afterEach, expect, test } from '@jest/globals';
import { createApiClient } from '../../api/client.js';
import { Session } from '../../api/session.js';
import { type ApiReply, type ApiServer, startApiServer } from '../../test/api-server.js';
import { waitForApproval } from './wait-for-approval.js';

let server: ApiServer;
afterEach(() => server.stop());

const codes = {
  deviceCode: 'd',
  userCode: 'BCDF-GHJK',
  verificationUri: 'http://x/device',
  verificationUriComplete: 'http://x/device?code=BCDF-GHJK',
  expiresIn: 600,
  interval: 5,
};
const refused = (code: string): ApiReply => ({ status: 400, body: { code, detail: code } });

/** Asks through these answers; tells what came of it and how long was waited each time. */
async function ask(replies: ApiReply[], signal = new AbortController().signal) {
  const left = [...replies];
  server = await startApiServer(() => left.shift() ?? refused('authorization-pending'));
  const session = new Session({ baseUrl: `${server.origin}/api`, fetch, now: () => 0 });
  const pauses: number[] = [];
  const outcome = await waitForApproval(createApiClient(session, server.origin), codes, signal, (ms) => {
    pauses.push(ms / 1000);
    return Promise.resolve();
  }).catch((error: unknown) => (error instanceof Error ? error.message : error));
  return { outcome, pauses };
}

test('asks until it is allowed, slower when told so, and past a server that stumbles', async () => {
  const { outcome, pauses } = await ask([
    refused('authorization-pending'),
    refused('slow-down'),
    { status: 502, body: {} },
    { body: { accessToken: 'a' } },
  ]);
  expect(outcome).toEqual({ accessToken: 'a' });
  expect(pauses).toEqual([5, 5, 10, 10]);
});

test.each(['access-denied', 'expired-token', 'invalid-grant'])('%s is the end', async (code) => {
  expect((await ask([refused(code)])).outcome).toBe(code);
});

test('ends by itself when nobody ever answers', async () => {
  const { outcome, pauses } = await ask([]);
  expect(outcome).toMatch(/expired/);
  expect(pauses.length).toBeLessThanOrEqual(122);
});

test('leaving the page ends it', async () => {
  expect((await ask([], AbortSignal.abort())).outcome).toBeNull();
});
