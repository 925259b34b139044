import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import type { TorrentDownloads, WantedTitle } from '../../services/source/indexer.port.js';
import { testTools } from '../../test-support/test-sources.js';
import {
  sendFile,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamHandler,
} from '../../test-support/upstream.js';
import { describeIndexerContract } from '../indexer.contract.js';
import { InternetArchiveIndexer } from './internet-archive.indexer.js';
import { isFree } from './internet-archive.mapper.js';

const fixture = (name: string) => new URL(`./__fixtures__/${name}.json`, import.meta.url);
const film = (title: string, year: number, archiveId: string | null = null): WantedTitle => ({
  imdbId: null,
  tmdbId: null,
  archiveId,
  title,
  originalTitle: title,
  year,
  runtimeSeconds: null,
});
const bunny = film('Big Buck Bunny', 2008);

/** Finds by words of the title; every item is what its fixture says, and unknown without one. */
const archive: UpstreamHandler = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://archive');
  if (pathname.startsWith('/metadata/')) {
    const file = fixture(`metadata.${pathname.slice('/metadata/'.length)}`);
    sendFile(existsSync(file) ? file : fixture('metadata.none'))(request, response);
    return;
  }
  const query = searchParams.get('q') ?? '';
  sendFile(fixture(query.includes('Big Buck Bunny') ? 'advancedsearch.page-1' : 'advancedsearch.empty'))(
    request,
    response,
  );
};

let upstream: Upstream;
let clients: HttpClient[];
let fetched: { url: string; trusted: readonly string[] }[];

beforeEach(async () => {
  upstream = await startUpstream(archive);
  clients = [];
  fetched = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await upstream.stop();
});

function make(): InternetArchiveIndexer {
  const downloads: TorrentDownloads = {
    fetch: (url, { trusted }) => {
      fetched.push({ url: url.href, trusted });
      return Promise.resolve({ kind: 'file', bytes: Buffer.from('d4:infodee') });
    },
  };
  const tools = testTools((provider) => {
    const retry = { attempts: 1, baseMs: 1, capMs: 1 };
    const client = new HttpClient({ provider, userAgent: 'Kinora/test', logger: silentLogger(), retry });
    clients.push(client);
    return client;
  }, downloads);
  return new InternetArchiveIndexer('Internet Archive', `${upstream.url}/`, tools);
}

const { signal } = new AbortController();

/** The item of a fixture, changed. */
function itemWith(
  name: string,
  change: (item: { metadata: Record<string, unknown>; [key: string]: unknown }) => void,
) {
  const item = JSON.parse(readFileSync(fixture(name), 'utf8')) as { metadata: Record<string, unknown> };
  change(item);
  return sendJson(item);
}

describeIndexerContract('InternetArchiveIndexer', () => ({
  indexer: make(),
  known: bunny,
  unknown: film('Nobody', 1900),
}));

describe('InternetArchiveIndexer', () => {
  it('asks for freely licensed films with a torrent, of the year and the years beside it', async () => {
    await make().search(film('A "quoted" \\ film', 1963), { signal });
    const { searchParams } = new URL(upstream.requests[0] ?? '', upstream.url);
    expect(searchParams.get('q')).toBe(
      'title:("A  quoted    film") AND year:[1962 TO 1964] AND mediatype:(movies) AND format:("Archive BitTorrent") AND licenseurl:(*publicdomain* OR *creativecommons*)',
    );
    expect(upstream.requests).toHaveLength(1);
  });

  it('tells of the best file of a film whose item is known, without a search', async () => {
    const releases = await make().search(film('Charade', 1963, 'charade_1963_fixture'), { signal });
    expect(upstream.requests).toEqual(['/metadata/charade_1963_fixture']);
    expect(releases).toMatchObject([
      {
        title: expect.stringMatching(/^Charade \(1963\)/),
        videoCodec: 'h264',
        audioCodec: 'aac',
        seeders: null,
        webSeeds: [`${upstream.url}/download/`],
        torrentUrl: `${upstream.url}/download/charade_1963_fixture/charade_1963_fixture_archive.torrent`,
      },
    ]);
  });

  it.each(['dark', 'none', 'the_general_1926_fixture.no-torrent'])(
    'has nothing of an item that is %s',
    async (name) => {
      expect(await make().search(film('The General', 1926, name), { signal })).toEqual([]);
    },
  );

  it('offers nothing without a free licence, and nothing that is lent', async () => {
    const search = () => make().search(film('Charade', 1963, 'charade'), { signal });
    for (const change of [
      { licenseurl: undefined },
      { licenseurl: 'https://example.org/creativecommons.org/licenses/by/3.0/' },
      { 'access-restricted-item': 'true' },
    ]) {
      upstream.answer(
        itemWith('metadata.charade_1963_fixture', ({ metadata }) => Object.assign(metadata, change)),
      );
      expect(await search()).toEqual([]);
    }
    upstream.answer(itemWith('metadata.charade_1963_fixture', () => undefined));
    expect(await search()).toHaveLength(1);
  });

  it('takes odd fields for unknown (F05)', async () => {
    upstream.answer(
      itemWith('metadata.charade_1963_fixture', ({ metadata, ...item }) => {
        Object.assign(metadata, { year: ['x'], date: 7, publicdate: 'soon', title: ['One', 'Two'] });
        (item['files'] as Record<string, unknown>[]).forEach((file) =>
          Object.assign(file, { size: 'big', height: -1 }),
        );
      }),
    );
    expect(await make().search(film('Charade', 1963, 'charade'), { signal })).toMatchObject([
      { title: 'One', resolution: null, sizeBytes: null, uploadedAt: null },
    ]);
  });

  it('fails with a typed error when the query is refused', async () => {
    upstream.answer(sendFile(fixture('advancedsearch.error')));
    await expect(make().search(bunny, { signal })).rejects.toMatchObject({ code: 'provider-unavailable' });
    await expect(make().test({ signal })).rejects.toMatchObject({ code: 'provider-unavailable' });
  });

  it('has no episodes, and asks for none', async () => {
    const episode = { season: 1, number: 1, absolute: null, airDate: null };
    expect(await make().search({ ...bunny, episode }, { signal })).toEqual([]);
    expect(upstream.requests).toEqual([]);
  });

  it('fetches a torrent from its own origin alone as one the operator named', async () => {
    await make().download('http://elsewhere.example/x.torrent', { signal });
    expect(fetched).toEqual([{ url: 'http://elsewhere.example/x.torrent', trusted: [upstream.url] }]);
    expect(await make().download('no address', { signal })).toBeNull();
  });
});

describe('isFree', () => {
  it.each([
    ['https://creativecommons.org/licenses/by/3.0/', true],
    ['http://www.creativecommons.org/publicdomain/mark/1.0/', true],
    ['https://creativecommons.org/about', false],
    ['https://creativecommons.org.example/licenses/by/3.0/', false],
    ['', false],
  ])('%j: %s', (url, expected) => expect(isFree(url)).toBe(expected));
});
