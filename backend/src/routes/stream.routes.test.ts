import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../logging/logger.js';
import { requestContext } from '../middleware/request-context.middleware.js';
import { type PlaybackWorld, startPlaybackWorld } from '../test-support/playback-world.js';
import { createApi } from './create-api.js';
import { errorHandler } from './error-handler.js';
import { createStreamRoutes } from './stream.routes.js';

const size = 200_000;

describe('GET /stream/:grant', () => {
  let world: PlaybackWorld;
  let url: string;

  const request = (headers: Record<string, string> = {}, method = 'GET', signal?: AbortSignal) => {
    const api = createApi();
    api.onError(errorHandler);
    api.use(requestContext({ logger: silentLogger(), trustedProxies: [] }));
    return api
      .route('/', createStreamRoutes({ playback: world.playback }))
      .request(url, { method, headers, ...(signal && { signal }) });
  };

  beforeEach(async () => {
    world = await startPlaybackWorld({ length: size });
    world.engine.deliver(world.film.metadata.infoHash);
    const { grant } = await world.play();
    url = `/stream/${grant}`;
  });

  afterEach(() => world.stop());

  it('answers 200 with the whole file and its validators when no range is asked', async () => {
    const response = await request();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': String(size),
      'content-type': 'video/mp4',
      etag: `"${world.film.metadata.infoHash}-1"`,
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(world.film.bytes);
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=1000-1999', 1000, 2000],
    ['bytes=199999-', 199_999, size],
    ['bytes=-500', size - 500, size],
    ['bytes=100-999999999', 100, size],
  ])('T31 answers 206 to %s with just those bytes', async (range, start, end) => {
    const response = await request({ Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${end - 1}/${size}`);
    expect(response.headers.get('Content-Length')).toBe(String(end - start));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(world.film.bytes.slice(start, end));
  });

  it('answers 416 with the size to a range behind the end', async () => {
    const response = await request({ Range: `bytes=${size}-` });
    expect(response.status).toBe(416);
    expect(response.headers.get('Content-Range')).toBe(`bytes */${size}`);
  });

  it('honours a range only if If-Range still names the file', async () => {
    const etag = `"${world.film.metadata.infoHash}-1"`;
    expect((await request({ Range: 'bytes=0-9', 'If-Range': etag })).status).toBe(206);
    expect((await request({ Range: 'bytes=0-9', 'If-Range': '"another"' })).status).toBe(200);
  });

  it('answers 304 when the client has the file already', async () => {
    const response = await request({ 'If-None-Match': `"${world.film.metadata.infoHash}-1"` });
    expect(response.status).toBe(304);
  });

  it('answers HEAD with the headers of the whole file, whatever range is asked, and reads nothing', async () => {
    const response = await request({ Range: 'bytes=0-9' }, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Length')).toBe(String(size));
    expect(await response.text()).toBe('');
    expect(world.engine.openReaders).toBe(0);
  });

  it.each(['nonsense', 'eyJhbGciOiJub25lIn0.e30.'])('answers 403 to the forged grant %s', async (grant) => {
    url = `/stream/${grant}`;
    expect((await request()).status).toBe(403);
  });

  it('answers 403 to a grant that has expired', async () => {
    world.clock.now += 7 * 60 * 60 * 1000;
    expect((await request()).status).toBe(403);
  });

  it('F26 lets the reader go when the client goes away while it waits for a piece', async () => {
    const other = world.addFilm('slow', 100_000);
    world.engine.deliver(other.metadata.infoHash, 20_000);
    const { grant } = await world.play(other);
    url = `/stream/${grant}`;
    const response = await request();
    const reader = response.body?.getReader();
    await reader?.read();
    const waiting = reader?.read();
    await reader?.cancel();
    await waiting;
    await world.engine.idle();
    expect(world.engine.openReaders).toBe(0);
  });
});
