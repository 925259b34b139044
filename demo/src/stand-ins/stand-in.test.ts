import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Failure } from './failure-plan.js';
import type { StandIn } from './stand-in.js';
import { createTmdbStandIn, TMDB_TOKEN } from './tmdb.stand-in.js';

const PATH = '/3/movie/10378';

describe('a stand-in', () => {
  let tmdb: StandIn;
  const get = async (path = PATH): Promise<Response> =>
    fetch(`${tmdb.baseUrl}${path}`, { headers: { authorization: `Bearer ${TMDB_TOKEN}` } });

  beforeEach(async () => {
    tmdb = createTmdbStandIn();
    await tmdb.start();
  });
  afterEach(async () => tmdb.stop());

  it('fails with a status and the body that the provider sends with it, then heals', async () => {
    tmdb.fail({ status: 429 });
    const failed = await get();
    expect(failed.status).toBe(429);
    expect(failed.headers.get('retry-after')).toBe('1');
    expect(await failed.json()).toMatchObject({ status_code: 25 });
    tmdb.heal();
    expect((await get()).status).toBe(200);
  });

  it('answers a status for which nothing was recorded', async () => {
    tmdb.fail({ status: 418 });
    expect((await get()).status).toBe(418);
  });

  it('sends a malformed body of the right type', async () => {
    tmdb.fail({ body: 'malformed' });
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    const text = await response.text();
    expect(text).toContain('"id":10378');
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('sends an empty body, and HTML where JSON was expected', async () => {
    tmdb.fail({ body: 'empty', times: 1 });
    expect(await (await get()).text()).toBe('');
    tmdb.fail({ body: 'html', status: 403, times: 1 });
    const html = await get();
    expect([html.status, html.headers.get('content-type')]).toEqual([403, 'text/html; charset=UTF-8']);
    expect(await html.text()).toContain('<!DOCTYPE html>');
  });

  it('breaks the connection in the middle of a truncated body', async () => {
    tmdb.fail({ body: 'truncated' });
    const response = await get();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('only delays when nothing else is asked', async () => {
    tmdb.fail({ delayMs: 60 });
    const start = performance.now();
    expect((await get()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  });

  it('stops at once although an answer is being delayed', async () => {
    tmdb.fail({ delayMs: 600_000 });
    const pending = get().then(
      () => 'answered',
      () => 'refused',
    );
    while (tmdb.requests.length === 0) await new Promise(setImmediate);
    await tmdb.stop();
    expect(await pending).toBe('refused');
  });

  it.each<[string, Failure, number]>([
    ['fits', { status: 500, path: /^\/3\/movie/ }, 500],
    ['does not fit', { status: 500, path: /^\/3\/search/ }, 200],
  ])('minds whether the path %s', async (_name, failure, status) => {
    tmdb.fail(failure);
    expect((await get()).status).toBe(status);
  });

  it('records what was asked', async () => {
    tmdb.fail({ status: 500, times: 1 });
    await get('/3/search/movie?query=bunny');
    await get('/3/search/movie?query=sintel');
    expect(tmdb.requests.map(({ path, query, failed }) => ({ path, query, failed }))).toEqual([
      { path: '/3/search/movie', query: { query: 'bunny' }, failed: true },
      { path: '/3/search/movie', query: { query: 'sintel' }, failed: false },
    ]);
    tmdb.clearRequests();
    expect(tmdb.requests).toEqual([]);
  });
});
