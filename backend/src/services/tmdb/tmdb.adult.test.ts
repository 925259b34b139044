import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import { sendJson, startUpstream, type Upstream } from '../../test-support/upstream.js';
import { TmdbClient } from './tmdb.client.js';
import { TmdbMetadataProvider } from './tmdb.metadata-provider.js';

let upstream: Upstream;
let http: HttpClient;

const film = { id: 1, title: 'Film', adult: false };
const adultFilm = { id: 2, title: 'Adult film', adult: true };
const rows = [film, adultFilm, { id: 3, title: 'Unmarked' }];
const people = [
  { id: 7, name: 'Person', media_type: 'person' },
  { id: 8, name: 'Adult person', adult: true, media_type: 'person' },
];

/** TMDB that has an adult title in every list, whatever it is asked for. */
function answerTo(path: string): unknown {
  const list = { page: 1, total_results: 3, results: rows };
  if (path === '/3/search/multi') return { ...list, results: [...rows, ...people] };
  if (path === '/3/movie/1') return film;
  if (path === '/3/movie/2') return adultFilm;
  if (path === '/3/tv/2') return { id: 2, name: 'Adult series', adult: true };
  if (path === '/3/list/5') return { name: 'List', items: rows, item_count: 3 };
  if (path === '/3/person/7') return { id: 7, name: 'Person', combined_credits: { cast: rows, crew: rows } };
  return list;
}

beforeEach(async () => {
  upstream = await startUpstream((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://tmdb');
    sendJson(answerTo(pathname))(request, response);
  });
  http = new HttpClient({ provider: 'TMDB', userAgent: 'Kinora/test', logger: silentLogger() });
});
afterEach(async () => {
  await http.close();
  await upstream.stop();
});

const query = { language: 'en-US' };
const filter = { type: 'movie', page: 1, sort: 'popularity' } as const;

/** Ids of the titles that each list of the provider has. */
async function listed(allowsAdult: boolean): Promise<Record<string, (number | null)[]>> {
  const config = { baseUrl: upstream.url, token: 'read.access.token', allowsAdult };
  const provider = new TmdbMetadataProvider(new TmdbClient(http, config), { allowsAdult });
  const ids = (items: readonly { tmdbId: number | null }[]) => items.map(({ tmdbId }) => tmdbId);
  const everything = await provider.search({ ...query, text: 'x', page: 1 });
  const work = (await provider.findPerson(7, query))?.work ?? [];
  return {
    row: ids(await provider.listRow('popular', query)),
    search: ids(everything.items),
    people: ids(everything.people ?? []),
    films: ids((await provider.search({ ...query, text: 'x', page: 1, type: 'movie' })).items),
    discover: ids((await provider.discover(filter, query)).items),
    similar: ids(await provider.listSimilar('movie', 1, query)),
    list: ids((await provider.findList('5', query))?.items ?? []),
    work: [...new Set(ids(work.map(({ title }) => title)))],
    film: ids(
      [await provider.findMovie({ tmdbId: 2, imdbId: null, openFilmId: null }, query)].flatMap(
        (one) => one ?? [],
      ),
    ),
    series: ids([await provider.findShow({ tmdbId: 2, imdbId: null }, query)].flatMap((one) => one ?? [])),
  };
}

it('no list of TMDB holds a title that it marks as adult, and none is found by its id', async () => {
  expect(await listed(false)).toEqual({
    ...{ row: [1, 3], search: [1, 3], people: [7], films: [1, 3], discover: [1, 3], similar: [1, 3] },
    ...{ list: [1, 3], work: [1, 3], film: [], series: [] },
  });
  expect(upstream.requests.filter((path) => path.includes('include_adult=true'))).toEqual([]);
});

it('all do once an administrator has allowed them', async () => {
  expect(await listed(true)).toEqual({
    ...{ row: [1, 2, 3], search: [1, 2, 3], people: [7, 8], films: [1, 2, 3], discover: [1, 2, 3] },
    ...{ similar: [1, 2, 3], list: [1, 2, 3], work: [1, 2, 3], film: [2], series: [2] },
  });
  expect(upstream.requests.filter((path) => path.includes('include_adult=true'))).toHaveLength(3);
});
