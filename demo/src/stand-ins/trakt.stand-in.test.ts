import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from './fixtures.js';
import { TRAKT_CLIENT, TraktStandIn } from './trakt.stand-in.js';

describe('the Trakt stand-in', () => {
  let trakt: TraktStandIn;
  const client = { client_id: TRAKT_CLIENT.id, client_secret: TRAKT_CLIENT.secret };
  const key = { 'trakt-api-key': TRAKT_CLIENT.id, 'trakt-api-version': '2' };

  beforeEach(async () => {
    trakt = new TraktStandIn();
    await trakt.start();
  });
  afterEach(async () => trakt.stop());

  const post = async (path: string, body: object, headers: Record<string, string> = key): Promise<Response> =>
    fetch(`${trakt.baseUrl}${path}`, { method: 'POST', body: JSON.stringify(body), headers });

  async function link(): Promise<{ code: string; tokens: Record<string, string> }> {
    trakt.decideDevice('approved');
    const device = (await (await post('/oauth/device/code', client)).json()) as Record<string, string>;
    const code = device['device_code'] ?? '';
    const answer = await post('/oauth/device/token', { ...client, code });
    return { code, tokens: (await answer.json()) as Record<string, string> };
  }

  it('tells the states of a device code by status, with empty bodies', async () => {
    const { device_code: code } = (await (await post('/oauth/device/code', client)).json()) as JsonObject;
    const poll = async (): Promise<number> => (await post('/oauth/device/token', { ...client, code })).status;
    expect([await poll(), await poll(), await poll()]).toEqual([400, 200, 409]);
    expect((await post('/oauth/device/token', { ...client, code: 'unknown' })).status).toBe(404);
  });

  it.each([
    ['denied', 418],
    ['expired', 410],
    ['pending', 400],
  ] as const)('lets the person be %s', async (decision, status) => {
    trakt.decideDevice(decision);
    const { device_code: code } = (await (await post('/oauth/device/code', client)).json()) as JsonObject;
    expect((await post('/oauth/device/token', { ...client, code })).status).toBe(status);
  });

  it('accepts a refresh token once', async () => {
    const { tokens } = await link();
    const refresh = { ...client, refresh_token: tokens['refresh_token'], grant_type: 'refresh_token' };
    expect((await post('/oauth/token', refresh)).status).toBe(200);
    const again = await post('/oauth/token', refresh);
    expect([again.status, await again.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
  });

  it('wants the client id everywhere and a token for what is personal', async () => {
    const get = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await fetch(`${trakt.baseUrl}${path}`, { headers })).status;
    expect(await get('/movies/trending', {})).toBe(403);
    expect(await get('/movies/trending', key)).toBe(200);
    expect(await get('/sync/watchlist', key)).toBe(401);
    const { tokens } = await link();
    expect(
      await get('/sync/watchlist', { ...key, authorization: `Bearer ${tokens['access_token'] ?? ''}` }),
    ).toBe(200);
    expect(await get('/nothing/here', key)).toBe(404);
  });

  it('keeps a history: read in pages, added to as often as asked, removed from by id', async () => {
    const { tokens } = await link();
    const headers = { ...key, authorization: `Bearer ${tokens['access_token'] ?? ''}` };
    const read = async (query: string): Promise<{ rows: JsonObject[]; headers: Headers }> => {
      const answer = await fetch(`${trakt.baseUrl}/sync/history?${query}`, { headers });
      return { rows: (await answer.json()) as JsonObject[], headers: answer.headers };
    };
    const { rows, headers: first } = await read('page=2&limit=2');
    expect([rows.length, first.get('x-pagination-page-count'), first.get('x-pagination-item-count')]).toEqual(
      [1, '2', '3'],
    );
    const movie = { watched_at: '2026-02-01T00:00:00.000Z', ids: { tmdb: 19 } };
    for (let times = 0; times < 2; times += 1) await post('/sync/history', { movies: [movie] }, headers);
    const added = await read('start_at=2026-01-31T00:00:00.000Z');
    expect(added.rows).toHaveLength(2);
    await post('/sync/history/remove', { ids: [added.rows[0]?.['id']] }, headers);
    expect((await read('limit=1000')).headers.get('x-pagination-limit')).toBe('250');
    expect((await read('limit=1000')).rows).toHaveLength(4);
  });

  it('keeps a watchlist and ratings: added to, taken from, and said to have changed', async () => {
    const { tokens } = await link();
    const headers = { ...key, authorization: `Bearer ${tokens['access_token'] ?? ''}` };
    const read = async (path: string) =>
      (await (await fetch(`${trakt.baseUrl}${path}`, { headers })).json()) as JsonObject[];
    const before = await read('/sync/watchlist');
    const body = { movies: [{ ids: { tmdb: 19 } }] };
    for (let times = 0; times < 2; times += 1)
      expect((await post('/sync/watchlist', body, headers)).status).toBe(201);
    expect(await read('/sync/watchlist')).toHaveLength(before.length + 1);
    await post('/sync/watchlist/remove', body, headers);
    expect(await read('/sync/watchlist')).toEqual(before);

    const rated = (rating: number) => ({
      movies: [{ ids: { tmdb: 19 }, rating, rated_at: '2026-02-01T00:00:00.000Z' }],
    });
    await post('/sync/ratings', rated(4), headers);
    await post('/sync/ratings', rated(9), headers);
    const show = { ids: { tmdb: 7 }, seasons: [{ number: 2, episodes: [{ number: 1, rating: 6 }] }] };
    await post('/sync/ratings', { shows: [show] }, headers);
    expect(await read('/sync/ratings')).toMatchObject([
      { type: 'movie', rating: 9, movie: { ids: { tmdb: 19 } } },
      { type: 'episode', rating: 6, episode: { season: 2, number: 1 } },
    ]);
    await post('/sync/ratings/remove', rated(0), headers);
    expect(await read('/sync/ratings')).toHaveLength(1);
    const [activities] = [await (await fetch(`${trakt.baseUrl}/sync/last_activities`, { headers })).json()];
    expect((activities as { watchlist: { updated_at: string } }).watchlist.updated_at > '2026-02').toBe(true);
  });

  it('scrobbles by how much was watched', async () => {
    const { tokens } = await link();
    const headers = { ...key, authorization: `Bearer ${tokens['access_token'] ?? ''}` };
    const stop = async (progress: number): Promise<Response> =>
      post('/scrobble/stop', { progress, movie: { ids: { tmdb: 19 } } }, headers);
    expect(await (await stop(96)).json()).toMatchObject({ action: 'scrobble', movie: { ids: { tmdb: 19 } } });
    expect(await (await stop(42)).json()).toMatchObject({ action: 'pause' });
    expect((await stop(0.5)).status).toBe(422);
    // A play is in the history, once: stopped again it is known.
    const again = await stop(96);
    expect([again.status, Object.keys((await again.json()) as JsonObject)]).toEqual([
      409,
      ['watched_at', 'expires_at'],
    ]);
    const read = await fetch(`${trakt.baseUrl}/sync/history?limit=100`, { headers });
    const rows = (await read.json()) as JsonObject[];
    expect(rows.filter(({ action }) => action === 'scrobble')).toHaveLength(2);
    expect(rows[0]).toMatchObject({ action: 'scrobble', movie: { ids: { tmdb: 19 } } });
  });
});
