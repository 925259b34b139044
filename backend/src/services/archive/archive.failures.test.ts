import { describeProviderFailures } from '../../test-support/provider-matrix.js';
import { ArchiveClient } from './archive.client.js';

describeProviderFailures('ArchiveClient', {
  client: ArchiveClient,
  create: (http, baseUrl) => new ArchiveClient(http, baseUrl),
  rows: {
    listFilms: (client) => client.listFilms(1, { rows: 50 }),
    getItem: (client) => client.getItem('night_of_the_living_dead'),
  },
  others: [],
  // An item that the Archive says nothing of is not there.
  lenient: { getItem: { files: [] } },
});
