import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import { TorrentDownloads } from '../../http-client/torrent-downloads.js';
import { silentLogger } from '../../logging/logger.js';
import type { WantedTitle } from '../../services/source/indexer.port.js';
import { bencode } from '../../services/torrent/__fixtures__/bencode-writer.js';
import { publicOnlyAgent } from '../../services/torrent/network-guard.js';
import { parseTorrentFile } from '../../services/torrent/torrent-file.js';
import { testTools } from '../../test-support/test-sources.js';
import { startUpstream, type Upstream, type UpstreamHandler } from '../../test-support/upstream.js';
import { describeIndexerContract } from '../indexer.contract.js';
import { TorznabIndexer } from './torznab.indexer.js';

const key = 'a+secret/key-0123456789';
const film = (title: string, year: number, imdbId: string | null): WantedTitle => ({
  imdbId,
  tmdbId: null,
  title,
  originalTitle: title,
  year,
  runtimeSeconds: null,
});
const bunny = film('Big Buck Bunny', 2008, 'tt1254207');
const sintel = film('Sintel', 2010, 'tt1727587');
const nobody = film('Nobody: A Film', 1900, 'tt0000001');
const torrent = bencode({
  announce: 'udp://tracker.example:6969',
  info: { length: 40_000, name: 'film.mp4', 'piece length': 16_384, pieces: Buffer.alloc(60) },
});

let upstream: Upstream;
let ends: { close(): Promise<void> }[];

/** A server with these capabilities that knows the titles of these feeds. Links of its feeds lead to itself. */
function server(caps: string, feeds: Readonly<Record<string, string>>): UpstreamHandler {
  const read = (name: string) =>
    readFileSync(new URL(`./__fixtures__/${name}.xml`, import.meta.url), 'utf8')
      .replaceAll(/http:\/\/indexer\.example:\d+/g, upstream.url)
      .replaceAll('KEY', encodeURIComponent(key));
  return (request, response) => {
    const { searchParams: asked, pathname } = new URL(request.url ?? '/', upstream.url);
    if (pathname.endsWith('download')) {
      response.writeHead(asked.get('apikey') === key ? 200 : 401).end(torrent);
      return;
    }
    const words = asked.get('imdbid') ?? asked.get('q') ?? '';
    const feed = Object.keys(feeds).find((known) => words.includes(known));
    const name = asked.get('t') === 'caps' ? caps : (feeds[feed ?? ''] ?? 'empty');
    const isRefused = asked.get('t') !== 'caps' && asked.get('apikey') !== key;
    response
      .writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' })
      .end(read(isRefused ? 'error.100' : name));
  };
}

const jackett = () => server('caps.jackett', { tt1254207: 'movie.jackett', tt0063350: 'movie.no-infohash' });
const prowlarr = () =>
  server('caps.prowlarr', { Sintel: 'movie.prowlarr', 'Open Reel Stories': 'tvsearch.prowlarr' });

function make(settings: { apiKey?: string | null; path?: string; categories?: number[] } = {}) {
  const permitted = new PermittedDispatcher();
  permitted.setPermission({ kind: 'open' });
  const publicOnly = publicOnlyAgent();
  const downloads = new TorrentDownloads({
    userAgent: 'Kinora/test',
    publicOnly,
    permitted,
    isOpen: () => true,
  });
  ends.push(permitted, publicOnly);
  const tools = testTools((provider) => {
    const retry = { attempts: 1, baseMs: 1, capMs: 1 };
    const http = new HttpClient({ provider, userAgent: 'Kinora/test', logger: silentLogger(), retry });
    ends.push(http);
    return http;
  }, downloads);
  const { apiKey = key, path = '/api/v2.0/indexers/all/results/torznab/', categories = [] } = settings;
  return new TorznabIndexer({ name: 'My films', urls: [upstream.url + path], apiKey, categories }, tools);
}

const { signal } = new AbortController();
/** What was asked, without the key and the usual limit. */
const asked = () =>
  upstream.requests.map((path) => {
    const { searchParams } = new URL(path, upstream.url);
    for (const name of ['apikey', 'limit']) searchParams.delete(name);
    return decodeURIComponent(searchParams.toString().replaceAll('+', ' '));
  });

beforeEach(async () => {
  ends = [];
  upstream = await startUpstream((_request, response) => response.end());
  upstream.answer(jackett());
});

afterEach(async () => {
  await Promise.all(ends.map((end) => end.close()));
  await upstream.stop();
});

describeIndexerContract('TorznabIndexer on Jackett', () => ({
  indexer: make(),
  known: bunny,
  unknown: nobody,
  secrets: [key, encodeURIComponent(key)],
}));

describeIndexerContract('TorznabIndexer on Prowlarr', () => {
  upstream.answer(prowlarr());
  return { indexer: make(), known: sintel, unknown: nobody, secrets: [key, encodeURIComponent(key)] };
});

describe('TorznabIndexer', () => {
  it("reads Jackett's answer, and asks by id where the server takes ids", async () => {
    const releases = await make().search(bunny, { signal });
    expect(asked()).toEqual(['t=caps', 't=movie&imdbid=tt1254207&cat=2000']);
    expect(upstream.requests[1]).toMatch(/^\/api\/v2\.0\/indexers\/all\/results\/torznab\/api\?/);
    expect(releases[0]).toMatchObject({
      infoHash: 'cc00bfffad3a52cd72430c241814ab88b9f0a015',
      title: 'Big.Buck.Bunny.2008.1080p.WEB.x264-OPEN',
      sizeBytes: 123_731_968,
      seeders: 34,
      leechers: 6,
      announce: ['udp://tracker.example:1337/announce'],
      uploadedAt: new Date('2026-03-14T17:10:42Z'),
      imdbId: 'tt1254207',
    });
    expect(releases[1]?.title).toBe('Big Buck Bunny (2008) [2160p] [4K] & extras');
    // The last one is a magnet and nothing else.
    expect(releases[2]).toMatchObject({
      infoHash: '29e84d5bc2e6d5145360db229a2857211fda7f9b',
      torrentUrl: null,
    });
  });

  it("reads Prowlarr's answer, by text, and fetches the file where the hash is not told", async () => {
    upstream.answer(prowlarr());
    const releases = await make({ path: '/3/' }).search(sintel, { signal });
    expect(asked().slice(0, 2)).toEqual(['t=caps', 't=movie&q=Sintel 2010&cat=2000']);
    expect(releases.map(({ title, infoHash, announce }) => ({ title, infoHash, announce }))).toEqual([
      {
        title: 'Sintel.2010.1080p.WEB.x264-OPEN',
        infoHash: 'c6026da37366e4b6951c36f67bafa609296786b7',
        announce: [],
      },
      {
        title: 'Sintel 2010 2160p',
        infoHash: parseTorrentFile(torrent).infoHash,
        announce: ['udp://tracker.example:6969'],
      },
    ]);
  });

  it('keeps links without the key and puts it back for the server alone (T15)', async () => {
    upstream.answer(prowlarr());
    const indexer = make({ path: '/3/' });
    const [first] = await indexer.search(sintel, { signal });
    expect(first?.torrentUrl).toContain('__APIKEY__');
    expect(Buffer.from((await indexer.download(first?.torrentUrl ?? '', { signal })) ?? [])).toEqual(torrent);
    const elsewhere = await startUpstream((_request, response) => response.end(torrent));
    // Of the same address, at another port: it is not the server the operator named.
    const link = `${elsewhere.url}/download?apikey=__APIKEY__`;
    await expect(indexer.download(link, { signal })).rejects.toMatchObject({ code: 'provider-unavailable' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
  });

  it('follows a link that leads to a magnet', async () => {
    const usual = jackett();
    const hash = 'ab'.repeat(20);
    upstream.answer((request, response) => {
      if (!(request.url ?? '').includes('/dl/')) usual(request, response);
      else response.writeHead(302, { location: `magnet:?xt=urn:btih:${hash}&tr=udp://t.example:1` }).end();
    });
    const living = film('Night of the Living Dead', 1968, 'tt0063350');
    expect(await make().search(living, { signal })).toMatchObject([
      { infoHash: hash, announce: ['udp://t.example:1'], seeders: 7, leechers: 2 },
    ]);
    upstream.answer((request, response) => {
      if (!(request.url ?? '').includes('/dl/')) usual(request, response);
      else response.writeHead(404).end();
    });
    expect(await make().search(living, { signal })).toEqual([]);
  });

  it('reads base32 hashes and both namespaces, and takes a length of nothing for unknown', async () => {
    upstream.answer(server('caps.minimal', { Charade: 'movie.base32-magnet' }));
    expect(await make().search(film('Charade', 1963, 'tt0056923'), { signal })).toMatchObject([
      {
        title: 'Charade.1963.1080p',
        infoHash: 'b4ecad616fa469b729ef71cf8270bff041985583',
        sizeBytes: 2_040_109_465,
        seeders: null,
      },
    ]);
    expect(asked()).toEqual(['t=caps', 't=search&q=Charade 1963&cat=2000']);
  });

  it('asks for an episode by its numbers and for its whole season', async () => {
    upstream.answer(prowlarr());
    const show = {
      ...film('Open Reel Stories', 2020, null),
      episode: { season: 1, number: 2, absolute: null, airDate: null },
    };
    const titles = (await make({ path: '/3/', categories: [5040, 5045] }).search(show, { signal })).map(
      ({ title }) => title,
    );
    expect(asked().slice(0, 3)).toEqual([
      't=caps',
      't=tvsearch&q=Open Reel Stories&season=1&ep=2&cat=5040,5045',
      't=tvsearch&q=Open Reel Stories&season=1&cat=5040,5045',
    ]);
    expect(titles).toContain('Open.Reel.Stories.S01.COMPLETE.720p');
    expect(new Set(titles).size).toBe(titles.length);
  });

  it.each([
    ['error.100', 'refused'],
    ['error.101', 'refused'],
    ['error.200', 'server-error'],
    ['error.429.prowlarr', 'rate-limited'],
    ['error.500.limit', 'rate-limited'],
    ['error.900', 'server-error'],
  ])('tells what is wrong when the answer is %s, though its status is 200', async (feed, fault) => {
    upstream.answer(server('caps.jackett', { Sintel: feed, sintel: feed, tt1727587: feed }));
    const failure = { code: 'provider-unavailable', fault };
    await expect(make().search(sintel, { signal })).rejects.toMatchObject(failure);
    await expect(make().test({ signal })).rejects.toMatchObject(failure);
  });

  it.each(['<html><body>Not here</body></html>', '', '{"ok":true}', '<rss'])(
    'fails with a typed error on what is no feed: %j (F05)',
    async (body) => {
      upstream.answer((_request, response) =>
        response.writeHead(200, { 'content-type': 'text/xml' }).end(body),
      );
      await expect(make().search(bunny, { signal })).rejects.toMatchObject({ code: 'provider-unavailable' });
    },
  );

  it('never expands entities that a feed declares', async () => {
    const usual = jackett();
    const many = '&a;'.repeat(1_000);
    upstream.answer((request, response) => {
      if ((request.url ?? '').includes('t=caps')) {
        usual(request, response);
        return;
      }
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(
          `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "${'x'.repeat(1_000)}"><!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><item><title>A ${many}&f;</title><link>magnet:?xt=urn:btih:${'a'.repeat(40)}</link></item></channel></rss>`,
        );
    });
    const told = JSON.stringify(await make().search(bunny, { signal }));
    expect(told).not.toContain('xxxx');
    expect(told).not.toContain('root:');
  });

  it('says how it searches, and that its key is wrong', async () => {
    expect(await make().test({ signal })).toBe('Answers, and searches by imdbid, tmdbid, tvdbid');
    await expect(make({ apiKey: 'wrong-key-000' }).test({ signal })).rejects.toMatchObject({
      fault: 'refused',
    });
    upstream.answer(server('caps.minimal', {}));
    expect(await make().test({ signal })).toBe('Answers, and searches by text');
  });
});
