import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import {
  sendFile,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamHandler,
} from '../../test-support/upstream.js';
import { TmdbClient } from './tmdb.client.js';
import { TmdbMetadataProvider } from './tmdb.metadata-provider.js';

const fixture = (name: string) => new URL(`./__fixtures__/${name}`, import.meta.url);

const routes: Record<string, string> = {
  '/3/trending/movie/week': 'trending.json',
  '/3/movie/popular': 'popular.json',
  '/3/movie/10378': 'movie-10378.json',
  '/3/search/multi': 'search-open.json',
};

const tmdb: UpstreamHandler = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://tmdb');
  const known =
    request.headers.authorization === 'Bearer read.access.token' ||
    searchParams.get('api_key') === 'a'.repeat(32);
  const file = routes[pathname];
  const answer = !known
    ? sendFile(fixture('401.json'), 'application/json', 401)
    : file
      ? sendFile(fixture(file))
      : sendFile(fixture('404.json'), 'application/json', 404);
  answer(request, response);
};

describe('TmdbMetadataProvider', () => {
  let upstream: Upstream;
  let http: HttpClient;

  beforeEach(async () => {
    upstream = await startUpstream(tmdb);
    http = new HttpClient({
      provider: 'TMDB',
      userAgent: 'Kinora/test',
      logger: silentLogger(),
      timeoutMs: 2_000,
      retry: { attempts: 2, baseMs: 1, capMs: 1 },
    });
  });

  afterEach(async () => {
    await http.close();
    await upstream.stop();
  });

  const provider = (config: { baseUrl?: string; token?: string } = {}) =>
    new TmdbMetadataProvider(
      new TmdbClient(http, { baseUrl: upstream.url, token: 'read.access.token', ...config }),
    );
  const query = { language: 'en-US' };

  it('lists a row of the home page', async () => {
    const films = await provider().listRow('popular', query);
    expect(films[0]).toMatchObject({ tmdbId: 10378, title: 'Big Buck Bunny', year: 2008, rating: 6.4 });
    expect(films).toHaveLength(10);
    expect(upstream.requests).toEqual(['/3/movie/popular?page=1&language=en-US']);
  });

  it.each(['', '/', '/3', '/3/'])('takes the address with %j at its end', async (end) => {
    await provider({ baseUrl: upstream.url + end }).listRow('trending', query);
    expect(upstream.requests[0]).toMatch(/^\/3\/trending\/movie\/week\?/);
  });

  it('sends a v3 key as a parameter and a v4 token as a header, never both', async () => {
    await provider({ token: 'a'.repeat(32) }).listRow('popular', query);
    expect(upstream.requests[0]).toContain('api_key=');
    expect(upstream.lastHeaders.authorization).toBeUndefined();
    await provider().listRow('popular', query);
    expect(upstream.requests[1]).not.toContain('api_key=');
    expect(upstream.lastHeaders.authorization).toBe('Bearer read.access.token');
  });

  it('finds a film by its TMDB id, and answers null for one TMDB does not have', async () => {
    const ids = { tmdbId: 10378, imdbId: null, openFilmId: null };
    expect(await provider().findMovie(ids, query)).toMatchObject({
      imdbId: 'tt1254207',
      runtimeSeconds: 480,
    });
    expect(await provider().findMovie({ ...ids, tmdbId: 999999999 }, query)).toBeNull();
    expect(await provider().findMovie({ ...ids, tmdbId: null }, query)).toBeNull();
    expect(upstream.requests).toHaveLength(2);
  });

  it('searches, and asks for no page that TMDB refuses', async () => {
    const page = await provider().search({ ...query, text: 'open & free', page: 1 });
    expect(page).toMatchObject({ page: 1, pageSize: 20, total: 2 });
    expect(page.items.map(({ title }) => title)).toEqual(['Sintel', 'Untitled Open Film (fixture)']);
    expect(upstream.requests[0]).toContain('query=open+%26+free');
    expect((await provider().search({ ...query, text: 'open', page: 501 })).items).toEqual([]);
    expect(upstream.requests).toHaveLength(1);
  });

  it.each<[string, UpstreamHandler]>([
    ['a wrong key', sendFile(fixture('401.json'), 'application/json', 401)],
    ['HTML from in front of the API', sendFile(fixture('502.html'), 'text/html', 502)],
    ['its own trouble', sendFile(fixture('500.json'), 'application/json', 500)],
    ['HTML with status 200', sendFile(fixture('502.html'), 'text/html')],
    ['another shape', sendJson({ results: 'none' })],
    ['nothing', sendJson('')],
  ])('calls itself unavailable when TMDB answers with %s (T55)', async (_name, handler) => {
    upstream.answer(handler);
    await expect(provider().listRow('popular', query)).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
    await expect(provider().search({ ...query, text: 'x', page: 1 })).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
    await expect(
      provider().findMovie({ tmdbId: 1, imdbId: null, openFilmId: null }, query),
    ).rejects.toMatchObject({ code: 'provider-unavailable' });
  });

  describe('a public list', () => {
    const row = (id: number) => ({ id, media_type: 'movie', title: `Film ${id}` });
    const list =
      (more: object): UpstreamHandler =>
      (request, response) => {
        const page = Number(new URL(request.url ?? '/', 'http://tmdb').searchParams.get('page'));
        const items = Array.from({ length: page < 3 ? 20 : 5 }, (_, at) => row(page * 100 + at));
        sendJson({ name: 'Best of', description: '', total_pages: 3, item_count: 45, items, ...more })(
          request,
          response,
        );
      };

    it('is read to its last page, in order', async () => {
      upstream.answer(list({}));
      const found = await provider().findList('1', { language: 'en-US' });
      expect(found?.items).toHaveLength(45);
      expect(found?.items[20]?.tmdbId).toBe(200);
    });

    it('that counts titles and tells none is a bad answer, not an empty list', async () => {
      upstream.answer(list({ items: [], total_pages: 1 }));
      await expect(provider().findList('1', { language: 'en-US' })).rejects.toMatchObject({
        fault: 'bad-answer',
      });
      upstream.answer(list({ items: [], total_pages: 1, item_count: 0 }));
      expect((await provider().findList('1', { language: 'en-US' }))?.items).toEqual([]);
    });
  });
});
