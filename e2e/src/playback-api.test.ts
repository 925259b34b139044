import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { DemoFilm } from '@kinora/demo/world';
import { type ApiClient, textAt } from './api-client.js';
import { account, Household } from './household.js';

const minute = 60_000;

describe('the API, as a program uses it', () => {
  let home: Household;
  let api: ApiClient;
  let film: DemoFilm;
  let bytes: Buffer;

  beforeAll(async () => {
    home = await Household.open({ world: { uploadBytesPerSecond: 8_000_000 } });
    api = await home.signInByApi();
    film = home.world.films.find(({ title }) => title === 'Big Buck Bunny') ?? fail('no film');
    bytes = await readFile(film.filePath);
  }, 5 * minute);

  afterAll(() => home.close());

  afterEach(() => {
    for (const provider of Object.values(home.world.providers)) provider.heal();
  });

  async function movieId(title: string): Promise<string> {
    const { body } = await api.get(`/api/search?q=${encodeURIComponent(title)}`);
    return textAt(body, 'items', 0, 'id');
  }

  describe('finds films', () => {
    it('shows rows, films with facts, and their sources, best first', async () => {
      const shown = await api.get('/api/home');
      expect(shown).toMatchObject({ status: 200, body: { catalogue: 'tmdb', stale: false } });
      const id = await movieId('big buck');
      const movie = await api.get(`/api/movies/${id}`);
      expect(movie.body).toMatchObject({
        title: 'Big Buck Bunny',
        year: 2008,
        externalIds: { imdb: 'tt1254207', tmdb: '10378' },
      });
      const poster = await fetch(home.kinora.url + textAt(movie.body, 'posterUrl'));
      expect([poster.status, poster.headers.get('Content-Type')]).toEqual([200, 'image/png']);
      const sources = await api.get(`/api/movies/${id}/sources`);
      expect(sources.body).toMatchObject({
        items: [{ infoHash: film.infoHash, resolution: '1080p' }, {}, {}, {}, {}, {}],
      });
    });

    it('answers 404 for ids nobody knows', async () => {
      for (const path of [
        '/api/movies/nothing',
        '/api/movies/nothing/sources',
        '/api/playback/nothing',
        '/api/nothing',
      ]) {
        expect(await api.get(path)).toMatchObject({
          status: 404,
          body: { code: 'not-found', requestId: expect.any(String) },
        });
      }
    });
  });

  describe('plays', () => {
    it('a title: its best source, with the reasons', async () => {
      const answer = await api.post('/api/playback', { mediaId: await movieId('big buck') });
      expect(answer).toMatchObject({
        status: 201,
        body: {
          mode: 'direct',
          mimeType: 'video/mp4',
          source: { infoHash: film.infoHash },
          reasons: expect.arrayContaining(['1080p']),
        },
      });
      expect(await api.bytes(textAt(answer.body, 'url'), 'bytes=0-99999')).toEqual(
        bytes.subarray(0, 100_000),
      );
    });

    it('a chosen source', async () => {
      const { body } = await api.get(`/api/movies/${await movieId('sintel')}/sources`);
      const answer = await api.post('/api/playback', { sourceId: textAt(body, 'items', 0, 'id') });
      expect(answer).toMatchObject({
        status: 201,
        body: { source: { title: expect.stringContaining('Sintel') } },
      });
    });

    it('a magnet, a .torrent file, and one in a form; the bytes are those of the film', async () => {
      const form = new FormData();
      form.set(
        'torrent',
        new Blob([Buffer.from(film.torrent)], { type: 'application/x-bittorrent' }),
        'film.torrent',
      );
      const answers = await Promise.all([
        api.post('/api/playback', { magnet: film.magnet }),
        api.postBytes('/api/playback', film.torrent, 'application/x-bittorrent'),
        api.postForm('/api/playback', form),
      ]);
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 201, body: { mimeType: 'video/mp4' } });
        const tail = await api.bytes(textAt(answer.body, 'url'), 'bytes=-5000');
        expect(tail).toEqual(bytes.subarray(-5000));
      }
    });

    it('from the middle, without waiting for what lies before', async () => {
      const sintel = home.world.films.find(({ title }) => title === 'Sintel') ?? fail('no film');
      const { body } = await api.post('/api/playback', { magnet: sintel.magnet });
      const content = await readFile(sintel.filePath);
      const from = Math.floor(content.length * 0.8);
      const got = await api.bytes(textAt(body, 'url'), `bytes=${from}-${from + 499_999}`);
      expect(got).toEqual(content.subarray(from, from + 500_000));
      const state = await api.get(`/api/playback/${textAt(body, 'id')}`);
      const { downloadedBytes } = state.body as { downloadedBytes: number };
      expect(downloadedBytes).toBeLessThan(content.length / 2);
    });

    it(
      'the whole film, byte for byte',
      async () => {
        const { body } = await api.post('/api/playback', { magnet: film.magnet });
        const whole = await api.bytes(textAt(body, 'url'));
        expect(sha256(whole)).toBe(sha256(bytes));
      },
      minute,
    );

    it('says what it waits for when nobody has the film', async () => {
      const magnet = `magnet:?xt=urn:btih:${randomBytes(20).toString('hex')}`;
      const { status, body } = await api.post('/api/playback', { magnet });
      expect(status).toBe(201);
      expect(body).toMatchObject({ mimeType: null, state: { stage: 'finding-peers', peers: 0 } });
      expect(await api.delete(`/api/playback/${textAt(body, 'id')}`)).toMatchObject({ status: 204 });
    });
  });

  describe('refuses', () => {
    it.each([
      ['a magnet that is none', { magnet: 'hello' }, 'magnet-invalid'],
      [
        'a magnet of version 2 alone',
        { magnet: `magnet:?xt=urn:btmh:1220${'a'.repeat(64)}` },
        'magnet-invalid',
      ],
      ['no field that names anything', {}, 'validation-failed'],
      ['fields that are too many', { mediaId: 'a', magnet: 'b' }, 'validation-failed'],
    ])('%s with 400', async (_name, body, code) => {
      expect(await api.post('/api/playback', body)).toMatchObject({ status: 400, body: { code } });
    });

    it('names the wrong fields', async () => {
      const answer = await api.post('/api/playback', { magnet: 7 });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'body.magnet' }] } });
    });

    it.each([
      ['no bencode', Buffer.from('this is no torrent')],
      ['a cut file', Buffer.from('d4:infod6:lengthi5e4:name4:film')],
      ['no pieces', Buffer.from('d4:infod6:lengthi5e4:name4:film12:piece lengthi16384eee')],
    ])('a .torrent file that is %s with 400 and the reason', async (_name, file) => {
      const answer = await api.postBytes('/api/playback', file, 'application/x-bittorrent');
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'torrent-invalid', detail: expect.stringContaining('cannot be used') },
      });
    });

    it('a body that is too large, of another type, or no JSON', async () => {
      expect(
        await api.postBytes('/api/playback', Buffer.alloc(5 * 2 ** 20), 'application/x-bittorrent'),
      ).toMatchObject({ status: 413 });
      expect(await api.postBytes('/api/playback', Buffer.from('x'), 'text/plain')).toMatchObject({
        status: 415,
      });
      expect(await api.postBytes('/api/playback', Buffer.from('{'), 'application/json')).toMatchObject({
        status: 400,
      });
    });

    it('forged grants with 403', async () => {
      const { body } = await api.post('/api/playback', { magnet: film.magnet });
      const url = textAt(body, 'url');
      const forged = `${url.slice(0, -6)}AAAAAA`;
      for (const path of [forged, '/api/stream/nonsense']) {
        expect((await fetch(home.kinora.url + path)).status).toBe(403);
      }
    });

    it('a stranger with 401', async () => {
      expect((await fetch(`${home.kinora.url}/api/home`)).status).toBe(401);
    });
  });

  describe('when a provider is', () => {
    it.each([
      ['down', { status: 503 }],
      ['talking nonsense', { body: 'malformed' as const }],
      ['answering a page of HTML', { body: 'html' as const }],
    ])('%s: search answers a clear problem', async (_name, failure) => {
      home.world.providers.tmdb.fail(failure);
      const answer = await api.get(`/api/search?q=${randomBytes(6).toString('hex')}`);
      expect(answer).toMatchObject({
        status: 502,
        body: { code: 'provider-unavailable', detail: expect.stringContaining('TMDB') },
      });
    });

    it('slow: search gives up within its deadline', async () => {
      home.world.providers.tmdb.fail({ delayMs: 60_000 });
      const began = performance.now();
      const answer = await api.get(`/api/search?q=${randomBytes(6).toString('hex')}`);
      expect(answer).toMatchObject({ status: 504, body: { code: 'provider-timeout' } });
      expect(performance.now() - began).toBeLessThan(14_000);
    });

    it('down: what was seen before is still there', async () => {
      const id = await movieId('sintel');
      await api.get(`/api/movies/${id}`);
      home.world.providers.tmdb.fail({ status: 500 });
      expect(await api.get(`/api/movies/${id}`)).toMatchObject({ status: 200, body: { title: 'Sintel' } });
      expect(await api.get('/api/home')).toMatchObject({ status: 200 });
    });

    it('an indexer that fails: named, and the others still answer', async () => {
      const id = await movieId('cosmos');
      home.world.providers.yts.fail({ body: 'html' });
      const { status, body } = await api.get(`/api/movies/${id}/sources`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        indexers: expect.arrayContaining([
          expect.objectContaining({ name: 'YTS', ok: false, message: expect.any(String) }),
        ]),
      });
    });
  });

  it('T46 leaves no grant, token or password in its log', () => {
    expect(home.kinora.output).toContain('/api/stream/');
    expect(home.kinora.output).not.toMatch(/eyJ[\w-]{10,}/);
    expect(home.kinora.output).not.toContain(account.password);
    expect(home.kinora.output).not.toContain(home.world.environment['TMDB_API_TOKEN']);
  });
});

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function fail(message: string): never {
  throw new Error(message);
}
