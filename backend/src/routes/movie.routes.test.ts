import type { z } from '@hono/zod-openapi';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createCatalogueApi } from '../test-support/catalogue-api.js';
import {
  sendFile,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamHandler,
} from '../test-support/upstream.js';
import { problemSchema } from './common.schemas.js';
import { homeSchema, movieSchema, searchPageSchema } from './media.schemas.js';
import { sourceListSchema } from './source.schemas.js';

const tmdbFiles: Record<string, string> = {
  '/3/trending/movie/week': 'trending.json',
  '/3/movie/popular': 'popular.json',
  '/3/movie/now_playing': 'popular.json',
  '/3/movie/top_rated': 'popular.json',
  '/3/movie/10378': 'movie-10378.json',
  '/3/search/multi': 'search-open.json',
  '/3/search/tv': 'search-empty.json',
  '/3/trending/tv/week': 'search-empty.json',
  '/3/tv/popular': 'search-empty.json',
  '/3/tv/on_the_air': 'search-empty.json',
  '/3/tv/top_rated': 'search-empty.json',
  '/3/configuration': 'configuration.json',
};

const tmdb: UpstreamHandler = (request, response) => {
  const file = tmdbFiles[new URL(request.url ?? '/', 'http://tmdb').pathname];
  const folder = '../services/tmdb/__fixtures__';
  const answer = file
    ? sendFile(new URL(`${folder}/${file}`, import.meta.url))
    : sendFile(new URL(`${folder}/404.json`, import.meta.url), 'application/json', 404);
  answer(request, response);
};
const yts = sendFile(new URL('../trackers/yts/__fixtures__/list_movies.tt1254207.json', import.meta.url));
const hang: UpstreamHandler = () => undefined;
const html: UpstreamHandler = (_request, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');

describe('the catalogue', () => {
  let upstreams: { tmdb: Upstream; yts: Upstream };
  let api: Awaited<ReturnType<typeof createCatalogueApi>>;

  beforeEach(async () => {
    upstreams = { tmdb: await startUpstream(tmdb), yts: await startUpstream(yts) };
    api = await createCatalogueApi({ tmdbUrl: upstreams.tmdb.url, ytsUrl: `${upstreams.yts.url}/api/v2` });
  });

  afterEach(async () => {
    await api.stop();
    await Promise.all([upstreams.tmdb.stop(), upstreams.yts.stop()]);
  });

  /** The body, checked against what the contract promises. */
  async function get<T>(
    path: string,
    schema: z.ZodType<T>,
    status = 200,
    headers?: Record<string, string>,
  ): Promise<T> {
    const response = await api.request(path, headers);
    expect(response.status).toBe(status);
    return schema.parse(await response.json());
  }

  const mediaPage = searchPageSchema;
  const bunnyId = async () => {
    const home = await get('/api/home', homeSchema);
    return home.rows.flatMap(({ items }) => items).find(({ title }) => title === 'Big Buck Bunny')?.id ?? '';
  };

  it('shows home rows with pictures served by us', async () => {
    const home = await get('/api/home', homeSchema);
    expect(home).toMatchObject({ catalogue: 'tmdb', stale: false });
    expect(home.rows.map(({ id }) => id)).toEqual(['trending', 'popular', 'now-playing', 'top-rated']);
    expect(home.rows[1]?.items[0]).toMatchObject({
      type: 'movie',
      title: 'Big Buck Bunny',
      year: 2008,
      posterUrl: '/api/images/tmdb/w342/9d6kSKK6joeyAnfD6SrrP8WqvM3.jpg',
      backdropUrl: '/api/images/tmdb/w1280/eWEloibSBTIuJzDFRCv7sZcvOcs.jpg',
    });
  });

  it('asks the provider in the language of the reader', async () => {
    await api.request('/api/home', { 'Accept-Language': 'it-IT,it;q=0.9' });
    expect(upstreams.tmdb.requests.every((path) => path.includes('language=it-IT'))).toBe(true);
  });

  it('finds titles, page by page', async () => {
    expect(await get('/api/search?q=open', mediaPage)).toMatchObject({
      page: 1,
      pageSize: 20,
      total: 2,
      items: [{ title: 'Sintel' }, {}],
    });
    expect(await get('/api/search?q=open&type=show', mediaPage)).toMatchObject({ items: [], total: 0 });
  });

  it.each([
    '/api/search',
    '/api/search?q=%20',
    '/api/search?q=x&page=0',
    '/api/search?q=x&page=501',
    '/api/search?q=x&type=song',
  ])('refuses %s, naming the field', async (path) => {
    const problem = await get(path, problemSchema, 400);
    expect(problem.code).toBe('validation-failed');
    expect(problem.errors?.[0]?.field).toMatch(/^query\.(q|page|type)$/);
  });

  it('tells all about a film', async () => {
    const movie = await get(`/api/movies/${await bunnyId()}`, movieSchema);
    expect(movie).toMatchObject({
      runtimeSeconds: 480,
      genres: ['Animation', 'Comedy', 'Family'],
      directors: ['Sacha Goedegebure'],
      certification: 'G',
      externalIds: { tmdb: '10378', imdb: 'tt1254207', trakt: null, archive: null },
      stale: false,
    });
  });

  it('lists its sources, best first, with reasons and how each indexer answered', async () => {
    const { items, indexers } = await get(`/api/movies/${await bunnyId()}/sources`, sourceListSchema);
    expect(items.map(({ title }) => title)).toEqual([
      'Big Buck Bunny (2008) 720p WEB x264 AAC 2.0',
      'Big Buck Bunny (2008) 3D BluRay x264 AAC 2.0',
      'Big Buck Bunny (2008)',
      'Big Buck Bunny (2008) 1080p WEB x264 AAC 5.1',
      'Big Buck Bunny (2008) REPACK 2160p WEB 10bit x265 AAC 5.1',
    ]);
    expect(items[0]?.reasons).toEqual(['720p', 'plays directly', '37 seeders', 'starts in about 2 s']);
    expect(indexers).toEqual([
      expect.objectContaining({ name: 'YTS', ok: true, message: null }),
      expect.objectContaining({ name: 'Open films', ok: true, message: null }),
    ]);
  });

  it('says which indexer failed and shows what the others know', async () => {
    upstreams.yts.answer(html);
    const { items, indexers } = await get(`/api/movies/${await bunnyId()}/sources`, sourceListSchema);
    expect(items.map(({ indexer }) => indexer)).toEqual(['Open films']);
    expect(indexers[0]).toMatchObject({ name: 'YTS', ok: false });
    expect(indexers[0]?.message).not.toContain(upstreams.yts.url);
  });

  it('does not find what is not there', async () => {
    expect((await get('/api/movies/nope', problemSchema, 404)).code).toBe('not-found');
    expect((await get('/api/movies/nope/sources', problemSchema, 404)).code).toBe('not-found');
  });

  it('answers with a clear problem, within the deadline, when TMDB is down and nothing is known (F01)', async () => {
    upstreams.tmdb.answer(sendJson({}, 500));
    expect((await get('/api/home', problemSchema, 502)).code).toBe('provider-unavailable');
    expect((await get('/api/search?q=x', problemSchema, 502)).code).toBe('provider-unavailable');
  });

  it('answers with a clear problem when TMDB does not answer (F03)', async () => {
    upstreams.tmdb.answer(hang);
    expect((await get('/api/home', problemSchema, 504)).code).toBe('provider-timeout');
  });

  it('still shows what it has seen when TMDB goes down (F01)', async () => {
    const id = await bunnyId();
    upstreams.tmdb.answer(sendJson({}, 500));
    expect(await get(`/api/movies/${id}`, movieSchema)).toMatchObject({
      title: 'Big Buck Bunny',
      stale: true,
    });
    expect((await get('/api/search?q=sintel', mediaPage)).items).toMatchObject([{ title: 'Sintel' }]);
    expect((await get(`/api/movies/${id}/sources`, sourceListSchema)).indexers).toHaveLength(2);
  });
});
