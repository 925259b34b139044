import { HttpClient } from '../http-client/http-client.js';
import { silentLogger } from '../logging/logger.js';
import { requestContext } from '../middleware/request-context.middleware.js';
import { createApi } from '../routes/create-api.js';
import { createDiscoverRoutes } from '../routes/discover.routes.js';
import { errorHandler } from '../routes/error-handler.js';
import { createHomeRoutes } from '../routes/home.routes.js';
import { createImageRoutes } from '../routes/image.routes.js';
import { createListRoutes } from '../routes/list.routes.js';
import { createMovieRoutes } from '../routes/movie.routes.js';
import { createPersonRoutes } from '../routes/person.routes.js';
import { createSearchRoutes } from '../routes/search.routes.js';
import { createShowRoutes } from '../routes/show.routes.js';
import { createSourceRoutes } from '../routes/source.routes.js';
import { createCatalogue } from '../services/media/catalogue.js';
import { ImageService } from '../services/media/image.service.js';
import { SourceTitles } from '../services/source/source-titles.js';
import { TmdbClient } from '../services/tmdb/tmdb.client.js';
import { TmdbImageProvider } from '../services/tmdb/tmdb.image-provider.js';
import { TmdbMetadataProvider } from '../services/tmdb/tmdb.metadata-provider.js';
import { OpenFilmsIndexer } from '../trackers/open-films/open-films.indexer.js';
import { YtsIndexer } from '../trackers/yts/yts.indexer.js';
import { Cache } from '../utils/cache/cache.js';
import { memoryStore } from '../utils/cache/memory-store.js';
import { openTestDatabase } from './database.js';
import { liveRights } from './live-rights.js';
import { createTestSources, testTools } from './test-sources.js';

/** The catalogue's routes over the real services, on stand-ins for TMDB and a YTS-compatible service. */
export async function createCatalogueApi({ tmdbUrl, ytsUrl }: { tmdbUrl: string; ytsUrl: string }) {
  const { database, dispose } = await openTestDatabase();
  const logger = silentLogger();
  const clients: HttpClient[] = [];
  const createHttp = (provider: string) => {
    const retry = { attempts: 2, baseMs: 1, capMs: 1 };
    const client = new HttpClient({ provider, userAgent: 'Kinora/test', logger, retry, timeoutMs: 10_000 });
    clients.push(client);
    return client;
  };
  const cache = new Cache({ stores: [memoryStore({ maxEntries: 100 })] });
  const tmdb = new TmdbClient(createHttp('TMDB'), { baseUrl: tmdbUrl, token: 'read.access.token' });
  const catalogue = createCatalogue({
    provider: new TmdbMetadataProvider(tmdb),
    database,
    cache,
    logger,
  });
  const tools = testTools(createHttp);
  const { service: sources } = createTestSources(database, [
    new YtsIndexer({ name: 'YTS', tools, mirrors: [{ baseUrl: ytsUrl, http: createHttp('YTS') }] }),
    new OpenFilmsIndexer('Open films', tools),
  ]);
  const images = new ImageService({
    providers: { tmdb: new TmdbImageProvider(tmdb, createHttp('TMDB images'), cache) },
  });

  const api = createApi();
  api.onError(errorHandler);
  api.use(requestContext({ logger, trustedProxies: [] }));
  const routes = api
    .route('/api', createHomeRoutes({ ...catalogue, images }))
    .route('/api', createSearchRoutes({ ...catalogue, images }))
    .route('/api', createMovieRoutes({ ...catalogue, images }))
    .route(
      '/api',
      createSourceRoutes({
        sourceTitles: new SourceTitles(catalogue.media, catalogue.shows),
        sources,
        rights: liveRights(logger),
      }),
    )
    .route('/api', createShowRoutes({ ...catalogue, images }))
    .route('/api', createPersonRoutes(catalogue))
    .route('/api', createDiscoverRoutes({ ...catalogue, images }))
    .route('/api', createListRoutes(catalogue))
    .route('/api', createImageRoutes({ images }));
  return {
    request: (path: string, headers: Record<string, string> = {}) =>
      Promise.resolve(routes.request(path, { headers })),
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await dispose();
    },
  };
}
