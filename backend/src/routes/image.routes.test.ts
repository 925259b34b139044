import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createCatalogueApi } from '../test-support/catalogue-api.js';
import { sendJson, startUpstream, type Upstream, type UpstreamHandler } from '../test-support/upstream.js';

describe('GET /api/images', () => {
  let upstream: Upstream;
  let api: Awaited<ReturnType<typeof createCatalogueApi>>;
  let picture: UpstreamHandler;

  beforeEach(async () => {
    picture = (_request, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([1, 2, 3]));
    upstream = await startUpstream((request, response) => {
      const base = { images: { secure_base_url: `${upstream.url}/t/p/` } };
      const handler = request.url === '/3/configuration' ? sendJson(base) : picture;
      handler(request, response);
    });
    api = await createCatalogueApi({ tmdbUrl: upstream.url, ytsUrl: upstream.url });
  });

  afterEach(async () => {
    await api.stop();
    await upstream.stop();
  });

  it('serves a picture that may be kept for ever', async () => {
    const response = await api.request('/api/images/tmdb/w342/poster.png');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-length')).toBe('3');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
    await api.request('/api/images/tmdb/w342/poster.png');
    expect(upstream.requests).toEqual(['/3/configuration', '/t/p/w342/poster.png']);
  });

  it.each([
    '/api/images/tmdb/original/a.jpg',
    '/api/images/tmdb/w342/a.svg',
    '/api/images/tmdb/w342/..%2f..%2fsecret.jpg',
    '/api/images/tmdb/w342/%2e%2e%2fa.jpg',
    '/api/images/tmdb/w342/a.jpg%3Fx=1',
    '/api/images/tmdb/w342/http:%2f%2fevil.example%2fa.jpg',
    `/api/images/tmdb/w342/${'a'.repeat(130)}.jpg`,
    '/api/images/TMDB/w342/a.jpg',
  ])('refuses %s without asking anybody (T15)', async (path) => {
    const response = await api.request(path);
    expect(response.status).toBe(400);
    expect(upstream.requests).toEqual([]);
  });

  it('does not find pictures of a provider that is not there, or that are gone', async () => {
    expect((await api.request('/api/images/other/w342/a.jpg')).status).toBe(404);
    picture = sendJson({}, 404);
    expect((await api.request('/api/images/tmdb/w342/a.jpg')).status).toBe(404);
  });

  it.each<[string, UpstreamHandler]>([
    [
      'SVG',
      (_request, response) => response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg/>'),
    ],
    [
      'HTML',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<script>'),
    ],
    ['nothing', (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end()],
    [
      'a redirect elsewhere',
      (_request, response) => response.writeHead(302, { location: 'http://localhost/a.png' }).end(),
    ],
    [
      'more than 10 MiB',
      (_request, response) =>
        response
          .writeHead(200, { 'content-type': 'image/png', 'content-length': String(11 * 2 ** 20) })
          .end(),
    ],
  ])('never passes on %s (T29)', async (_name, handler) => {
    picture = handler;
    const response = await api.request('/api/images/tmdb/w342/a.png');
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });
});
