import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openChunkStores } from '../chunk-stores/chunk-stores.js';
import { TextSealer } from '../encryption/sealed-text.js';
import { newId } from '../entities/id.js';
import { HttpCaller } from '../http-client/http-caller.js';
import { HttpClient } from '../http-client/http-client.js';
import type { Logger } from '../logging/logger.js';
import { silentLogger } from '../logging/logger.js';
import { Metrics } from '../logging/metrics.js';
import type { RateLimitStore } from '../middleware/rate-limit-store.port.js';
import { EpisodeRepository } from '../repositories/episode.repository.js';
import { IndexerRepository } from '../repositories/indexer.repository.js';
import { JobRepository } from '../repositories/job.repository.js';
import { LeaseRepository } from '../repositories/lease.repository.js';
import { MovieRepository } from '../repositories/movie.repository.js';
import { RatingRepository } from '../repositories/rating.repository.js';
import { ShowRepository } from '../repositories/show.repository.js';
import { StoredTorrentRepository } from '../repositories/stored-torrent.repository.js';
import { SwarmMemoryRepository } from '../repositories/swarm-memory.repository.js';
import { TorrentUseRepository } from '../repositories/torrent-use.repository.js';
import { TraktOutboxRepository, TraktRepository } from '../repositories/trakt.repository.js';
import { UserRepository } from '../repositories/user.repository.js';
import { WatchRepository } from '../repositories/watch.repository.js';
import { createRoutes } from '../routes/index.js';
import { KnownDeviceCookie } from '../routes/known-device-cookie.js';
import { RefreshCookie } from '../routes/refresh-cookie.js';
import { RefusalLog } from '../services/audit/refusal-log.js';
import { IndexerService } from '../services/indexers/indexer.service.js';
import { LeaseKeeper } from '../services/leases/lease-keeper.js';
import { createCatalogue } from '../services/media/catalogue.js';
import { ImageService } from '../services/media/image.service.js';
import type { MetadataProvider } from '../services/media/metadata-provider.port.js';
import { OpenFilmsMetadataProvider } from '../services/media/open-films/open-films.metadata-provider.js';
import { OverviewService } from '../services/overview/overview.service.js';
import { PlaybackService } from '../services/playback/playback.service.js';
import { PlaybackIntents } from '../services/playback/playback-intents.js';
import { PlaybackResolver } from '../services/playback/playback-resolver.js';
import { TorrentLeases } from '../services/playback/torrent-leases.js';
import type { Job } from '../services/scheduler/job.js';
import { SchedulerService } from '../services/scheduler/scheduler.service.js';
import { SourceTitles } from '../services/source/source-titles.js';
import { StorageService } from '../services/storage/storage.service.js';
import { StorageBudget } from '../services/storage/storage-budget.js';
import { createTrakt } from '../services/trakt/create-trakt.js';
import { ShowRefreshes } from '../services/trakt/show-refreshes.js';
import type { TraktConfig } from '../services/trakt/trakt.client.js';
import type { Schedule } from '../services/trakt/trakt-outage.js';
import { LibraryTitles } from '../services/watch/library-titles.js';
import { WatchOverview } from '../services/watch/watch-overview.js';
import { OpenFilmsIndexer, openFilms } from '../trackers/open-films/open-films.indexer.js';
import { torznab } from '../trackers/torznab/torznab.indexer.js';
import { Cache } from '../utils/cache/cache.js';
import { memoryStore } from '../utils/cache/memory-store.js';
import { openTestAuth, origin } from './auth.js';
import { MemoryTorrentEngine } from './memory-torrent-engine.js';
import { openSettingsWorld } from './settings-world.js';
import { aSwarmFilm } from './swarm-film.js';
import { createTestSources, testTools } from './test-sources.js';
import { aVpn } from './vpn.js';

/** A store that lets everything pass, for tests that are about something else. */
export const unlimited: RateLimitStore = {
  arrive: () => ({ allowed: true, remaining: 1, resetSeconds: 1, counted: true }),
  take: (quotas) => quotas.map(() => ({ allowed: true, remaining: 1, resetSeconds: 1 })),
};

export interface KinoraApiOptions {
  provider?: MetadataProvider;
  rateLimitStore?: RateLimitStore;
  trustedProxies?: string[];
  logger?: Logger;
  /** What all that is stored may take, bytes. */
  storageLimit?: number;
  /** How long the answer to a play waits for the torrent, milliseconds. */
  answerWithinMs?: number;
  jobs?: Job[];
  /** Where Trakt is; not set up unless told. */
  traktConfig?: TraktConfig;
  /** Timers of Trakt's parts; none fires unless given. */
  traktSchedule?: Schedule;
}

/** All routes over all real services, as `app.ts` joins them; the swarm is in memory, bcrypt at its lowest cost. */
export async function openKinoraApi({
  provider = new OpenFilmsMetadataProvider(),
  rateLimitStore = unlimited,
  trustedProxies = [],
  logger = silentLogger(),
  storageLimit = 1e9,
  answerWithinMs = 20,
  jobs = [anIdleJob],
  traktConfig = noTrakt,
  traktSchedule = () => () => undefined,
}: KinoraApiOptions = {}) {
  const kinora = await openTestAuth();
  const { auth, audit, setup, grants, clock, database } = kinora;
  const cache = new Cache({ stores: [memoryStore({ maxEntries: 1_000 })] });
  const movies = new MovieRepository(database);
  const catalogue = createCatalogue({ database, provider, cache, logger });
  const { media } = catalogue;
  const tools = testTools(() => new HttpClient({ provider: 'test', userAgent: 'Kinora/test', logger }));
  const indexers = new IndexerService({
    indexers: new IndexerRepository(database),
    kinds: [openFilms, torznab],
    openTools: () => ({ ...tools, close: () => Promise.resolve() }),
    seal: new TextSealer(Buffer.alloc(32, 9)),
    audit,
    logger,
    configured: {},
  });
  await indexers.start();
  const { service: sources, metadata } = createTestSources(database, [
    new OpenFilmsIndexer('Open films', tools),
  ]);
  const film = aSwarmFilm();
  const engine = new MemoryTorrentEngine([film]);
  engine.deliver(film.metadata.infoHash);
  const storedTorrents = new StoredTorrentRepository(database);
  const chunks = path.join(path.dirname(kinora.file), 'torrents');
  const stores = await openChunkStores({ kind: 'file', root: chunks });
  const limits = { limitBytes: storageLimit, minFreeBytes: 0 };
  const budget = new StorageBudget({ root: chunks, stores, engine, storedTorrents, ...limits, logger });
  const uses = new TorrentUseRepository(database);
  const storage = new StorageService({
    shared: null,
    budget,
    storedTorrents,
    uses,
    audit,
    logger,
  });
  const leases = new TorrentLeases({
    engine,
    storedTorrents,
    memories: new SwarmMemoryRepository(database),
    trackers: [],
    logger,
    graceMs: 0,
  });
  const sourceTitles = new SourceTitles(media, catalogue.shows);
  const parts = {
    rights: kinora.rights,
    engine,
    storage,
    leases,
    resolver: new PlaybackResolver(sourceTitles, sources, metadata),
    logger,
  };
  const playback = new PlaybackService({
    ...parts,
    grants,
    answerWithinMs,
    now: () => clock.now,
  });
  const intents = new PlaybackIntents({ ...parts, isAnyoneWaiting: () => playback.isAnyoneWaiting() });
  const watches = new WatchRepository(database);
  const titles = new LibraryTitles(movies, new ShowRepository(database), new EpisodeRepository(database));
  const traktHttp = new HttpCaller({ provider: 'Trakt', userAgent: 'Kinora/test', timeoutMs: 5_000 });
  const traktAccounts = new TraktRepository(database);
  const traktOutbox = new TraktOutboxRepository(database);
  const ratingRows = new RatingRepository(database);
  const leaseRows = new LeaseRepository(database);
  const oneAtATime = new LeaseKeeper({
    leases: leaseRows,
    owner: newId(),
    logger,
    now: () => clock.now,
  });
  const { watch, ratings, news, trakt } = createTrakt({
    http: traktHttp,
    config: () => traktConfig,
    accounts: traktAccounts,
    outboxEntries: traktOutbox,
    ...{ watches, titles, audit, logger, now: () => clock.now },
    ...{ ratings: ratingRows, leases: oneAtATime, cache, home: catalogue.home },
    ...{ lists: catalogue.lists, mirrors: catalogue.mirrors },
    describe: (refs) => catalogue.describe(refs),
    onShowsMet: new ShowRefreshes(new EpisodeRepository(database), catalogue.refresher).want,
    sealer: new TextSealer(Buffer.alloc(32, 7)),
    // Nobody waits in a test; the clock is moved instead.
    sleep: () => setImmediate(),
    betweenWritesMs: 0,
    // Timers would run beside the test, which sends when it wants to, or brings its own.
    schedule: traktSchedule,
  });
  const watchOverview = new WatchOverview(watches, titles, ratingRows, () => clock.now);
  const scheduler = new SchedulerService({ jobs, states: new JobRepository(database), logger });
  await scheduler.start();
  const { settings } = openSettingsWorld({ database, audit, now: () => new Date(clock.now) });
  const vpn = aVpn();
  const readiness = [{ name: 'database', isReady: () => database.isReady() }];
  const routes = createRoutes({
    settings,
    auth,
    audit,
    setup,
    users: kinora.userService,
    rights: kinora.rights,
    devices: kinora.devices,
    signIn: kinora.signIn,
    factors: kinora.factors,
    passkeys: kinora.passkeys,
    ownData: kinora.ownData,
    reauthentication: kinora.reauthentication,
    refreshCookie: new RefreshCookie(false, () => clock.now),
    deviceCookie: new KnownDeviceCookie(kinora.knownDevices, false),
    publicUrl: undefined,
    securityContact: undefined,
    now: () => clock.now,
    media,
    home: catalogue.home,
    shows: catalogue.shows,
    sourceTitles,
    people: catalogue.people,
    discover: catalogue.discover,
    lists: catalogue.lists,
    sources,
    indexers,
    images: new ImageService({ providers: {} }),
    playback,
    intents,
    storage,
    vpn,
    scheduler,
    watch,
    trakt,
    watchOverview,
    ratings,
    watchNews: news,
    logger,
    trustedProxies,
    allowedHosts: ['kinora.test'],
    rateLimitStore,
    metrics: new Metrics(),
    refusals: new RefusalLog(audit, () => clock.now),
    readiness,
    overview: new OverviewService({
      ...{ version: '0.0.0', readiness, playback, storage, vpn, scheduler, indexers },
      users: new UserRepository(database),
      listPendingSettings: () => settings.listPending(),
      now: () => new Date(clock.now),
    }),
    version: '0.0.0',
    https: false,
    webUi: null,
  });

  /** A request from `address`, with a JSON body if there is one. */
  const request = async (
    method: string,
    path: string,
    { token, body, headers = {}, address = '192.0.2.1' }: RequestOptions = {},
  ): Promise<Response> =>
    routes.request(
      `http://kinora.test${path}`,
      {
        method,
        headers: {
          Host: 'kinora.test',
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      connectionFrom(address),
    );

  return {
    ...kinora,
    vpn,
    routes,
    request,
    movies,
    media,
    catalogue,
    sources,
    playback,
    watch,
    trakt,
    ratings: ratingRows,
    titles,
    cache,
    traktAccounts,
    traktOutbox,
    leaseRows,
    watchOverview,
    watches,
    budget,
    stores,
    storedTorrents,
    scheduler,
    film,
    /** An account with a session. */
    signIn: async (...[username, password, role]: Parameters<typeof kinora.createUser>) => {
      const user = await kinora.createUser(username, password, role);
      const { accessToken: token, refresh } = await auth.startSession(user, origin);
      return { user, token, refreshToken: refresh.token, principal: await auth.authenticate(token) };
    },
    dispose: async () => {
      intents.stop();
      playback.stop();
      await scheduler.stop();
      await trakt.stop();
      await traktHttp.close();
      await budget.stop();
      await kinora.dispose();
    },
  };
}

const noTrakt: TraktConfig = {
  apiUrl: 'http://127.0.0.1:9',
  authUrl: 'http://127.0.0.1:9',
  clientId: undefined,
  clientSecret: undefined,
};

const anIdleJob: Job = {
  name: 'idle',
  description: 'Does nothing.',
  schedule: { everyMs: 24 * 3_600_000 },
  run: () => Promise.resolve(),
};

/** As much of a connection as anyone looks at. */
function connectionFrom(remoteAddress: string): Record<string, unknown> {
  return { incoming: { socket: { remoteAddress } } };
}

export interface RequestOptions {
  /** Access token. */
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Of the socket. */
  address?: string;
}

export type KinoraApi = Awaited<ReturnType<typeof openKinoraApi>>;
