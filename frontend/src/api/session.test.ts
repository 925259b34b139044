/// <reference types="node" />
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiServer, startApiServer } from '../test/api-server.js';
import { ApiError, UnreachableError } from './problem.js';
import { Session } from './session.js';

const user = {
  id: 'u',
  username: 'demo',
  role: 'user' as const,
  ageLimit: null,
  language: null,
  createdAt: '2026-01-01T00:00:00Z',
};
const signedIn = (accessToken: string, expiresIn = 900) => ({ accessToken, expiresIn, user });

describe('Session', () => {
  let server: ApiServer;
  let session: Session;
  /** The token the server takes at the moment. */
  let valid: string;
  let refresh: { status: number; body: unknown };
  let clock: number;

  beforeEach(async () => {
    valid = 'new';
    clock = 0;
    refresh = { status: 200, body: signedIn('new') };
    server = await startApiServer((call, { headers }) => {
      if (call === 'POST /api/auth/refresh') return refresh;
      if (call === 'POST /api/auth/logout') return { status: 204 };
      return headers.authorization === `Bearer ${valid}`
        ? { body: { ok: true } }
        : { status: 401, body: { code: 'unauthenticated' } };
    });
    session = new Session({ baseUrl: `${server.origin}/api`, fetch, now: () => clock });
  });

  afterEach(() => server.stop());

  const get = (path: string) => session.fetch(`${server.origin}/api/${path}`);
  const refreshes = () => server.requests.filter((call) => call === 'POST /api/auth/refresh').length;

  it('signs in from the cookie at the start', async () => {
    await session.start();
    expect(session.getState()).toEqual({ status: 'signed-in', user });
    expect((await get('home')).status).toBe(200);
  });

  it('is signed out when the cookie does not do', async () => {
    refresh = { status: 401, body: {} };
    await session.start();
    expect(session.getState().status).toBe('signed-out');
  });

  it('asks nothing when this browser has no cookie, and takes a sign-in over', async () => {
    const options = { baseUrl: `${server.origin}/api`, fetch, now: () => clock };
    session = new Session({ ...options, mayBeSignedIn: () => false });
    await session.start();
    expect(session.getState().status).toBe('signed-out');
    expect(server.requests).toEqual([]);
    session.adopt(signedIn('new'));
    expect((await get('home')).status).toBe(200);
  });

  it('does not sign out because the server is away, and can start again', async () => {
    refresh = { status: 502, body: {} };
    await session.start();
    expect(session.getState().status).toBe('unreachable');
    refresh = { status: 200, body: signedIn('new') };
    await session.start();
    expect(session.getState().status).toBe('signed-in');
  });

  it('renews once for many refused requests and sends each of them again', async () => {
    session.adopt(signedIn('old'));
    const answers = await Promise.all(['a', 'b', 'c'].map(get));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(refreshes()).toBe(1);
  });

  it('does not renew again for a request that was refused with the token before', async () => {
    session.adopt(signedIn('old'));
    await get('a');
    await get('b');
    expect(refreshes()).toBe(1);
  });

  it('renews ahead of the end, so that no request is refused', async () => {
    session.adopt(signedIn('old', 900));
    clock = 875_000;
    expect((await get('a')).status).toBe(200);
    expect(server.requests).toEqual(['POST /api/auth/refresh', 'GET /api/a']);
  });

  it('ends when the renewal is refused, and says so to those who listen', async () => {
    refresh = { status: 401, body: { detail: 'Session ended.' } };
    session.adopt(signedIn('old'));
    const states: string[] = [];
    session.subscribe(() => states.push(session.getState().status));
    await expect(get('a')).rejects.toThrow(ApiError);
    expect(states).toEqual(['signed-out']);
  });

  it('passes a second refusal on instead of asking for ever', async () => {
    valid = 'nothing will do';
    session.adopt(signedIn('old'));
    expect((await get('a')).status).toBe(401);
    expect(refreshes()).toBe(1);
  });

  it('stays signed in when the server could not be told about the sign-out', async () => {
    session.adopt(signedIn('new'));
    await server.stop();
    await expect(session.signOut()).rejects.toThrow(UnreachableError);
    expect(session.getState().status).toBe('signed-in');
  });

  it('forgets the token with the sign-out', async () => {
    session.adopt(signedIn('new'));
    await session.signOut();
    expect(session.getState().status).toBe('signed-out');
    expect((await get('a')).status).toBe(401);
  });

  describe('when a request matters and the latest proof is old', () => {
    let proven: boolean;
    const wanted = () => session.proofs.isWanted();

    beforeEach(async () => {
      proven = false;
      await server.stop();
      server = await startApiServer(() =>
        proven
          ? { body: { ok: true } }
          : {
              status: 401,
              body: { code: 'reauthentication-required', detail: 'Confirm that it is you.' },
              headers: { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' },
            },
      );
      session = new Session({ baseUrl: `${server.origin}/api`, fetch, now: () => clock });
      session.adopt(signedIn('new'));
    });

    it('asks once for however many requests, and sends them again', async () => {
      const asked = new Promise<void>((resolve) => session.proofs.subscribe(resolve));
      const answers = Promise.all(['a', 'b', 'c'].map(get));
      await asked;
      expect(wanted()).toBe(true);
      proven = true;
      session.proofs.settle(true);
      expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(wanted()).toBe(false);
      expect(refreshes()).toBe(0);
    });

    it('gives the refusal on when the user does not confirm, or no page is there to ask', async () => {
      expect((await get('a')).status).toBe(401);
      const asked = new Promise<void>((resolve) => session.proofs.subscribe(resolve));
      const refused = get('a');
      await asked;
      session.proofs.settle(false);
      expect((await refused).status).toBe(401);
      expect(session.getState().status).toBe('signed-in');
    });
  });
});
