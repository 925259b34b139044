import { describeProviderFailures } from '../../test-support/provider-matrix.js';
import { TmdbClient } from './tmdb.client.js';

const query = { language: 'en-US' };

const rows: Record<string, (client: TmdbClient) => Promise<unknown>> = {
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
};

describeProviderFailures('TmdbClient', {
  client: TmdbClient,
  create: (http, baseUrl) => new TmdbClient(http, { baseUrl, token: 'read.access.token' }),
  rows,
  others: ['get', 'hasKey'],
  lenient: { findByImdbId: { movie_results: [], tv_results: [] } },
});
