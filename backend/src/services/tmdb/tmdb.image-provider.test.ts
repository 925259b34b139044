import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import { sendJson, startUpstream, type Upstream, type UpstreamHandler } from '../../test-support/upstream.js';
import { Cache } from '../../utils/cache/cache.js';
import { memoryStore } from '../../utils/cache/memory-store.js';
import { TmdbClient } from './tmdb.client.js';
import { mayServeImages, TmdbImageProvider } from './tmdb.image-provider.js';

describe('mayServeImages (T15)', () => {
  const api = new URL('https://api.themoviedb.org/3/');

  it.each<[string, boolean]>([
    ['https://image.tmdb.org/t/p/', true],
    ['http://image.tmdb.org/t/p/', false],
    ['https://image.tmdb.org:8443/t/p/', false],
    ['https://user:pass@image.tmdb.org/t/p/', false],
    ['https://image.tmdb.org.evil.example/t/p/', false],
    ['https://eviltmdb.org/', false],
    ['http://127.0.0.1/t/p/', false],
    ['http://169.254.169.254/', false],
    ['http://api.themoviedb.org/', false],
    ['https://api.themoviedb.org/images/', true],
  ])('%s: %s', (base, allowed) => {
    expect(mayServeImages(new URL(base), api)).toBe(allowed);
  });

  it('lets the machine the operator named serve them, on any port', () => {
    expect(mayServeImages(new URL('http://127.0.0.1:9/t/p/'), new URL('http://127.0.0.1:8/3/'))).toBe(true);
  });
});

describe('TmdbImageProvider', () => {
  let upstream: Upstream;
  let http: HttpClient;
  let images: TmdbImageProvider;
  let imageBase: string;
  const picture: UpstreamHandler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' });
    response.end(Buffer.from([0xff, 0xd8]));
  };

  beforeEach(async () => {
    upstream = await startUpstream((request, response) =>
      request.url === '/3/configuration'
        ? sendJson({ images: { secure_base_url: imageBase } })(request, response)
        : picture(request, response),
    );
    imageBase = `${upstream.url}/t/p/`;
    http = new HttpClient({ provider: 'TMDB', userAgent: 'Kinora/test', logger: silentLogger() });
    const client = new TmdbClient(http, { baseUrl: upstream.url, token: 'read.access.token' });
    images = new TmdbImageProvider(client, http, new Cache({ stores: [memoryStore({ maxEntries: 10 })] }));
  });

  afterEach(async () => {
    await http.close();
    await upstream.stop();
  });

  it('fetches from the host TMDB names, asking for it once and sending it no token', async () => {
    const image = await images.fetchImage('w342', 'poster.jpg');
    expect([...image.bytes]).toEqual([0xff, 0xd8]);
    expect(upstream.lastHeaders.authorization).toBeUndefined();
    await images.fetchImage('w500', 'poster.jpg');
    expect(upstream.requests).toEqual(['/3/configuration', '/t/p/w342/poster.jpg', '/t/p/w500/poster.jpg']);
  });

  it('goes nowhere else (T15)', async () => {
    imageBase = `http://localhost:${new URL(upstream.url).port}/t/p/`;
    await expect(images.fetchImage('w342', 'poster.jpg')).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
    expect(upstream.requests).toEqual(['/3/configuration']);
  });
});
