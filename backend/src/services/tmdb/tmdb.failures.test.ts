import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isProviderFailure, ProviderNotFoundError } from '../../http-client/http-client.errors.js';
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
const query = { language: 'en-US' };
const filter = { type: 'movie', sort: 'popularity', page: 1 } as const;

const calls: Record<string, (client: TmdbClient) => Promise<unknown>> = {
  listTitles: (client) => client.listTitles('tv', 'tv/popular', { ...query, page: 1 }),
  searchMovies: (client) => client.searchMovies({ ...query, text: 'x', page: 1 }),
  searchShows: (client) => client.searchShows({ ...query, text: 'x', page: 1 }),
  searchAll: (client) => client.searchAll({ ...query, text: 'x', page: 1 }),
  getMovie: (client) => client.getMovie(1, query),
  getShow: (client) => client.getShow(1, query),
  getSeason: (client) => client.getSeason(1, 0, query),
  getPerson: (client) => client.getPerson(1, query),
  listGenres: (client) => client.listGenres('tv', query),
  listChanges: (client) =>
    client.listChanges('movie', { from: '2026-11-01', to: '2026-11-02', page: 1 }, query),
  getList: (client) => client.getList('1', 1, query),
  findByImdbId: (client) => client.findByImdbId('tt0017925', query),
  getImageBase: (client) => client.getImageBase(),
  discover: (client) => new TmdbMetadataProvider(client).discover(filter, query),
};

const limited: UpstreamHandler = (_request, response) =>
  response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '60' }).end('{}');

const failures: [string, UpstreamHandler][] = [
  ['429', sendFile(fixture('429.json'), 'application/json', 429)],
  ['429 with Retry-After', limited],
  ['500', sendFile(fixture('500.json'), 'application/json', 500)],
  ['HTML with 502', sendFile(fixture('502.html'), 'text/html', 502)],
  ['HTML with 200', sendFile(fixture('502.html'), 'text/html')],
  ['half an answer', sendJson('{"page": 1, "results": [{"id"')],
  ['no answer in time', () => undefined],
];

describe.each(Object.keys(calls))('TmdbClient.%s', (name) => {
  let upstream: Upstream;
  let http: HttpClient;
  let client: TmdbClient;
  beforeEach(async () => {
    upstream = await startUpstream(sendJson({}));
    http = new HttpClient({
      provider: 'TMDB',
      userAgent: 'Kinora/test',
      logger: silentLogger(),
      timeoutMs: 400,
      retry: { attempts: 1, baseMs: 1, capMs: 1 },
    });
    client = new TmdbClient(http, { baseUrl: upstream.url, token: 'read.access.token' });
  });
  afterEach(async () => {
    await http.close();
    await upstream.stop();
  });
  const ask = () => calls[name]?.(client);

  it.each(failures)('tells %s as a failure of the provider (F01-F05)', async (_failure, answer) => {
    upstream.answer(answer);
    const error: unknown = await ask()?.catch((reason: unknown) => reason);
    expect(isProviderFailure(error)).toBe(true);
  });

  it('tells a wrong shape as a bad answer, or reads nothing from it (F05)', async () => {
    upstream.answer(sendJson({ id: 'seven', results: 'none', genres: 7, items: {}, images: [] }));
    const outcome: unknown = await ask()?.catch((reason: unknown) => reason);
    if (outcome instanceof Error) expect(outcome).toMatchObject({ fault: 'bad-answer' });
    else expect(outcome).toEqual({ movie_results: [], tv_results: [] });
  });

  it('tells 404 as nothing there', async () => {
    upstream.answer(sendFile(fixture('404.json'), 'application/json', 404));
    await expect(ask()).rejects.toBeInstanceOf(ProviderNotFoundError);
  });
});
