import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultCapabilities } from '../services/source/source-score.js';
import { origin } from '../test-support/auth.js';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';

// What was opened with a right ends, or changes, with that right.

type SignedIn = Awaited<ReturnType<KinoraApi['signIn']>>;

let kinora: KinoraApi;
let root: SignedIn;
let ana: SignedIn;

beforeEach(async () => {
  kinora = await openKinoraApi();
  root = await kinora.signIn('root', 'correct horse', 'admin');
  ana = await kinora.signIn('ana', 'correct horse', 'admin');
});

afterEach(() => kinora.dispose());

const change = (body: object) =>
  kinora.request('PATCH', `/api/users/${ana.user.id}`, { token: root.token, body });
const ends: [string, () => Promise<unknown>][] = [
  ['signing out', () => kinora.auth.logout(ana.refreshToken, origin)],
  ['revoking the session', () => kinora.auth.revokeSession(ana.principal.sessionId, ana.principal, origin)],
  ['a reset password', () => change({ password: 'another horse' })],
  ['disabling', () => change({ disabled: true })],
  ['deleting', () => kinora.request('DELETE', `/api/users/${ana.user.id}`, { token: root.token })],
];
const narrows: [string, () => Promise<unknown>][] = [
  ['becoming a child', () => change({ role: 'child', ageLimit: 7 })],
];
const demotes: [string, () => Promise<unknown>][] = [['becoming a user', () => change({ role: 'user' })]];

const magnet = () => `magnet:?xt=urn:btih:${kinora.film.metadata.infoHash}`;
const openEvents = async () => {
  const { body } = await kinora.request('GET', '/api/events', { token: ana.token });
  const reader = body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let text = '';
  const until = async (words: string) => {
    while (!text.includes(words)) text += await next(reader);
  };
  await until('event: jobs');
  return {
    /** What came after the change until the stream ended. */
    rest: async () => {
      let rest = '';
      for (let part = await next(reader); part !== ''; part = await next(reader)) rest += part;
      return rest;
    },
  };
};

describe('T38 the event stream', () => {
  test.each([...ends, ...narrows, ...demotes])('ends with %s, and says nothing more', async (_, act) => {
    const stream = await openEvents();
    await act();
    kinora.vpn.become({ policy: 'require', state: 'unprotected', reason: 'for administrators' });
    expect(await stream.rest()).not.toContain('for administrators');
    expect(kinora.rights.size).toBe(0);
  });

  test('that was asked for just before the account changed ends as well', async () => {
    const asked = kinora.request('GET', '/api/events', { token: ana.token });
    const acted = change({ disabled: true });
    const answer = await asked;
    await acted;
    // Refused, or opened and ended: the text has an end either way.
    await answer.text();
    expect(kinora.rights.size).toBe(0);
  });

  test('ends when another server or the command line changed the account', async () => {
    const stream = await openEvents();
    await kinora.users.change(ana.user.id, () => ({ role: 'user' }), new Date(kinora.clock.now));
    await kinora.rights.lookAtAll();
    await stream.rest();
    expect(kinora.rights.size).toBe(0);
  });

  test('of another account goes on', async () => {
    const bo = await kinora.signIn('bo', 'correct horse');
    const { body } = await kinora.request('GET', '/api/events', { token: bo.token });
    const reader = body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    await next(reader);
    await change({ disabled: true });
    expect(kinora.rights.size).toBe(1);
    kinora.vpn.become({ policy: 'require', state: 'unprotected', reason: 'still heard' });
    let text = '';
    while (!text.includes('still heard')) text += await next(reader);
    await reader.cancel();
  });
});

describe('T38 a film that plays', () => {
  const play = async () => {
    const answer = await kinora.request('POST', '/api/playback', {
      token: ana.token,
      body: { magnet: magnet() },
    });
    const { id, url } = (await answer.json()) as { id: string; url: string };
    const stream = await kinora.request('GET', url);
    const reader = stream.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    await reader.read();
    return { id, url, reader };
  };

  test.each([...ends, ...narrows])('ends with %s', async (_, act) => {
    const { url, reader } = await play();
    await act();
    expect(await kinora.playback.listStates(ana.user.id)).toEqual([]);
    await expect(drained(reader)).rejects.toThrow();
    expect([403, 404]).toContain((await kinora.request('GET', url)).status);
  });

  test.each(demotes)('goes on after %s', async (_, act) => {
    const { id, reader } = await play();
    await act();
    await drained(reader);
    expect((await kinora.playback.listStates(ana.user.id)).map((state) => state.id)).toEqual([id]);
  });

  test('is not begun when the right ended while it was looked for', async () => {
    // As the request was authenticated; the search for sources takes a while.
    const asAuthenticated = ana.principal;
    for (const [, act] of narrows) await act();
    const begun = kinora.playback.play(
      asAuthenticated,
      { kind: 'magnet', magnet: magnet() },
      defaultCapabilities,
    );
    await expect(begun).rejects.toMatchObject({ code: 'not-found' });
    expect(await kinora.playback.listStates(ana.user.id)).toEqual([]);
  });
});

describe('T38 an export of the audit log', () => {
  test.each([...ends, ...demotes])('breaks off with %s', async (_, act) => {
    const { body } = await kinora.request('GET', '/api/admin/audit/export?format=csv', { token: ana.token });
    const reader = body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    await reader.read();
    await act();
    await expect(drained(reader)).rejects.toThrow();
    expect(kinora.rights.size).toBe(0);
  });
});

async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return value ? new TextDecoder().decode(value) : '';
}

async function drained(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
