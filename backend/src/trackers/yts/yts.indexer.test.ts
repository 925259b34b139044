import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import { testTools } from '../../test-support/test-sources.js';
import {
  sendFile,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamHandler,
} from '../../test-support/upstream.js';
import { describeIndexerContract } from '../indexer.contract.js';
import { YtsIndexer } from './yts.indexer.js';

const fixture = (name: string) => new URL(`./__fixtures__/${name}`, import.meta.url);
const bunny = {
  imdbId: 'tt1254207',
  tmdbId: null,
  title: 'Big Buck Bunny',
  originalTitle: 'Big Buck Bunny',
  year: 2008,
  runtimeSeconds: null,
};
const nobody = { ...bunny, imdbId: 'tt0000001', title: 'Nobody', originalTitle: 'Nobody', year: 1900 };
const blocked = sendFile(fixture('blocked.html'), 'text/html; charset=UTF-8');

const yts: UpstreamHandler = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://yts');
  const wanted = searchParams.get('query_term') ?? '';
  const code = wanted === 'Big Buck Bunny' ? 'tt1254207' : wanted;
  const known = pathname === '/api/v2/list_movies.json' && ['tt1254207', 'tt1727587'].includes(code);
  sendFile(fixture(`list_movies.${known ? code : 'none'}.json`))(request, response);
};

/** The fixture with its links leading to `host`, or with other changes. */
function bunnyWith(
  change: (movie: { torrents: Record<string, unknown>[] } & Record<string, unknown>) => void,
) {
  const list = JSON.parse(readFileSync(fixture('list_movies.tt1254207.json'), 'utf8')) as {
    data: { movies: ({ torrents: Record<string, unknown>[] } & Record<string, unknown>)[] };
  };
  for (const movie of list.data.movies) change(movie);
  return sendJson(list);
}

const tools = testTools(() => {
  throw new Error('mirrors bring their clients');
});
let now = 0;
let upstreams: Upstream[];
let clients: HttpClient[];

beforeEach(async () => {
  upstreams = [await startUpstream(yts), await startUpstream(yts)];
  clients = upstreams.map(
    () =>
      new HttpClient({
        provider: 'YTS',
        userAgent: 'Kinora/test',
        logger: silentLogger(),
        retry: { attempts: 2, baseMs: 1, capMs: 1 },
      }),
  );
});

afterEach(async () => {
  await Promise.all([
    ...clients.map((client) => client.close()),
    ...upstreams.map((upstream) => upstream.stop()),
  ]);
});

/** Over the first `count` stand-ins. */
function indexer(count = 1): YtsIndexer {
  const mirrors = clients
    .slice(0, count)
    .map((http, at) => ({ baseUrl: `${upstreams[at]?.url ?? ''}/api/v2/`, http }));
  return new YtsIndexer({ name: 'YTS', mirrors, tools, now: () => now });
}

const signal = new AbortController().signal;
const asked = () => upstreams.map(({ requests }) => requests.length);

describeIndexerContract('YtsIndexer', () => ({ indexer: indexer(), known: bunny, unknown: nobody }));

describe('YtsIndexer', () => {
  it('tells of each release in clear words', async () => {
    const releases = await indexer().search(bunny, { signal });
    expect(upstreams[0]?.requests).toEqual(['/api/v2/list_movies.json?query_term=tt1254207&limit=20']);
    expect(releases.map(({ title }) => title)).toEqual([
      'Big Buck Bunny (2008) 720p WEB x264 AAC 2.0',
      'Big Buck Bunny (2008) 1080p WEB x264 AAC 5.1',
      'Big Buck Bunny (2008) REPACK 2160p WEB 10bit x265 AAC 5.1',
      'Big Buck Bunny (2008) 3D BluRay x264 AAC 2.0',
    ]);
    expect(releases[0]).toEqual({
      infoHash: '9316da6fc1afbbad21fb7f357cdd5cdd0e58e540',
      title: 'Big Buck Bunny (2008) 720p WEB x264 AAC 2.0',
      resolution: '720p',
      videoCodec: 'h264',
      audioCodec: 'aac',
      audioChannels: '2.0',
      releaseType: 'web',
      sizeBytes: 64_424_509,
      seeders: 37,
      leechers: 0,
      torrentUrl: null,
      announce: [],
      webSeeds: [],
      imdbId: 'tt1254207',
      uploadedAt: new Date('2024-01-15T08:23:45Z'),
    });
    expect(releases[3]?.resolution).toBeNull();
  });

  it('takes no other film for the one wanted, though the search is by text', async () => {
    upstreams[0]?.answer(bunnyWith((movie) => (movie.imdb_code = 'tt12542')));
    expect(await indexer().search(bunny, { signal })).toEqual([]);
  });

  it('goes by title and year when there is no IMDb id', async () => {
    upstreams[0]?.answer(sendFile(fixture('list_movies.tt1254207.json')));
    expect(
      await indexer().search({ ...bunny, imdbId: null, title: 'big buck BUNNY!' }, { signal }),
    ).toHaveLength(4);
    expect(await indexer().search({ ...bunny, imdbId: null, year: 2009 }, { signal })).toEqual([]);
    expect(await indexer().search({ ...bunny, imdbId: null, year: null }, { signal })).toEqual([]);
  });

  it('keeps links to the mirror itself and drops all others (T15)', async () => {
    const own = `${upstreams[0]?.url ?? ''}/torrent/download/X`;
    const links = [own, 'http://169.254.169.254/', 'file:///etc/passwd', 'javascript:alert(1)'];
    upstreams[0]?.answer(
      bunnyWith((movie) => movie.torrents.forEach((torrent, at) => (torrent.url = links[at]))),
    );
    const releases = await indexer().search(bunny, { signal });
    expect(releases.map(({ torrentUrl }) => torrentUrl)).toEqual([own, null, null, null]);
  });

  it('leaves odd torrents out and takes what older services leave out for unknown (F05)', async () => {
    upstreams[0]?.answer(
      bunnyWith((movie) => {
        const [first, second, third] = movie.torrents;
        movie.torrents = [
          { hash: first?.hash },
          { ...second, hash: 'short' },
          { ...third, seeds: '12', size_bytes: -1, quality: 7 },
          first,
          null,
        ] as typeof movie.torrents;
      }),
    );
    const releases = await indexer().search(bunny, { signal });
    expect(releases).toHaveLength(2);
    expect(releases[1]).toMatchObject({ seeders: null, sizeBytes: null, resolution: null });
    upstreams[0]?.answer(bunnyWith((movie) => Object.assign(movie, { torrents: undefined })));
    expect(await indexer().search(bunny, { signal })).toEqual([]);
  });

  it.each<[string, UpstreamHandler]>([
    ['HTML with status 200', blocked],
    ['status 403', sendFile(fixture('blocked.html'), 'text/html', 403)],
    ['an error with status 200', sendFile(fixture('movie_details.error.json'))],
    ['status 500', sendJson({}, 500)],
    ['a broken connection', (request) => request.socket.destroy()],
  ])(
    'asks the next mirror after %s, and the first again when it had a minute to recover',
    async (_name, handler) => {
      upstreams[0]?.answer(handler);
      const both = indexer(2);
      expect(await both.search(bunny, { signal })).toHaveLength(4);
      const [first] = asked();
      expect(await both.search(bunny, { signal })).toHaveLength(4);
      expect(asked()).toEqual([first, 2]);
      upstreams[0]?.answer(yts);
      now += 60_000;
      expect(await both.search(bunny, { signal })).toHaveLength(4);
      expect(asked()).toEqual([(first ?? 0) + 1, 2]);
    },
  );

  it('has no episodes, and asks for none', async () => {
    const episode = { season: 1, number: 1, absolute: null, airDate: null };
    expect(await indexer().search({ ...bunny, episode }, { signal })).toEqual([]);
    expect(asked()).toEqual([0, 0]);
  });

  it('fails with a typed error when no mirror is well', async () => {
    for (const upstream of upstreams) upstream.answer(blocked);
    await expect(indexer(2).search(bunny, { signal })).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
    expect(asked()).toEqual([1, 1]);
  });
});
