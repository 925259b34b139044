import { createHash, createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chooseChunkStore } from './chunk-store-choice.js';
import type { ChunkStoreSettings } from './chunk-stores/chunk-store-settings.js';
import { type ChunkStores, openChunkStores } from './chunk-stores/chunk-stores.js';
import { type Configuration, readConfiguration, settings as settingDefinitions } from './configuration.js';
import type { DataFolder } from './data-folder.js';
import { Database } from './database/database.js';
import { TextSealer } from './encryption/sealed-text.js';
import { type KeySource, loadSecrets, type Secrets } from './encryption/secrets.js';
import { HttpCaller } from './http-client/http-caller.js';
import { HttpClient, type HttpClientOptions } from './http-client/http-client.js';
import { PermittedDispatcher } from './http-client/permitted.dispatcher.js';
import { HttpServer } from './http-server.js';
import type { Logger } from './logging/logger.js';
import { type CacheOutcome, Metrics } from './logging/metrics.js';
import { MemoryRateLimitStore } from './middleware/memory.rate-limit-store.js';
import { RedisRateLimitStore } from './middleware/redis.rate-limit-store.js';
import { AuditEventRepository } from './repositories/audit-event.repository.js';
import { DatabaseIdentityRepository } from './repositories/database-identity.repository.js';
import { EpisodeRepository } from './repositories/episode.repository.js';
import { JobRepository } from './repositories/job.repository.js';
import { MovieRepository } from './repositories/movie.repository.js';
import { SessionRepository } from './repositories/session.repository.js';
import { SettingRepository } from './repositories/setting.repository.js';
import { ShowRepository } from './repositories/show.repository.js';
import { StoredTorrentRepository } from './repositories/stored-torrent.repository.js';
import { SwarmMemoryRepository } from './repositories/swarm-memory.repository.js';
import { TorrentUseRepository } from './repositories/torrent-use.repository.js';
import { TraktOutboxRepository, TraktRepository } from './repositories/trakt.repository.js';
import { UserRepository } from './repositories/user.repository.js';
import { WatchRepository } from './repositories/watch.repository.js';
import { createRoutes } from './routes/index.js';
import { RefreshCookie } from './routes/refresh-cookie.js';
import { ArchiveClient } from './services/archive/archive.client.js';
import { ArchiveImageProvider } from './services/archive/archive.image-provider.js';
import { ArchiveMetadataProvider } from './services/archive/archive.metadata-provider.js';
import { createAuditJobs } from './services/audit/audit.jobs.js';
import { AuditJournal } from './services/audit/audit-journal.js';
import { type AuditEntry, AuditLogService } from './services/audit/audit-log.service.js';
import { RefusalLog } from './services/audit/refusal-log.js';
import { AccessTokens } from './services/auth/access-tokens.js';
import { AttemptBackoff } from './services/auth/attempt-backoff.js';
import { createAuthJobs } from './services/auth/auth.jobs.js';
import { AuthService } from './services/auth/auth.service.js';
import { DeviceSignIn } from './services/auth/device-sign-in.js';
import { PasswordCheck } from './services/auth/password-check.js';
import { Passwords } from './services/auth/passwords.js';
import { PlaybackGrants } from './services/auth/playback-grants.js';
import { RefreshTokens } from './services/auth/refresh-tokens.js';
import { SetupService } from './services/auth/setup.service.js';
import { SharedAttempts } from './services/auth/shared-attempts.js';
import { SigningKeys } from './services/auth/signing-keys.js';
import { createCatalogue } from './services/media/catalogue.js';
import { ImageService } from './services/media/image.service.js';
import { LayeredMetadataProvider } from './services/media/layered.metadata-provider.js';
import { createMediaJobs } from './services/media/media.jobs.js';
import type { ImageProvider, MetadataProvider } from './services/media/metadata-provider.port.js';
import { OpenFilmsMetadataProvider } from './services/media/open-films/open-films.metadata-provider.js';
import { PictureStore } from './services/media/picture-store.js';
import { PlaybackService } from './services/playback/playback.service.js';
import { PlaybackIntents } from './services/playback/playback-intents.js';
import { PlaybackResolver } from './services/playback/playback-resolver.js';
import { TorrentLeases } from './services/playback/torrent-leases.js';
import { SchedulerService } from './services/scheduler/scheduler.service.js';
import { type SettingsSource, withStored } from './services/settings/effective-settings.js';
import { LiveSettings } from './services/settings/live-settings.js';
import { SettingsService } from './services/settings/settings.service.js';
import { openSettings } from './services/settings/stored-settings.js';
import { SourceTitles } from './services/source/source-titles.js';
import { StorageService } from './services/storage/storage.service.js';
import { StorageBudget } from './services/storage/storage-budget.js';
import { TmdbClient } from './services/tmdb/tmdb.client.js';
import { TmdbImageProvider } from './services/tmdb/tmdb.image-provider.js';
import { TmdbMetadataProvider } from './services/tmdb/tmdb.metadata-provider.js';
import { SupervisedEngine, type SupervisedEngineOptions } from './services/torrent/supervised.engine.js';
import { createTrakt } from './services/trakt/create-trakt.js';
import { ShowRefreshes } from './services/trakt/show-refreshes.js';
import { traktJobs } from './services/trakt/trakt.jobs.js';
import { UserService } from './services/users/user.service.js';
import { createVpnGuard } from './services/vpn/create-vpn-guard.js';
import type { VpnGuard } from './services/vpn/vpn-guard.service.js';
import { LibraryTitles } from './services/watch/library-titles.js';
import { WatchOverview } from './services/watch/watch-overview.js';
import { settingChecks } from './setting-checks.js';
import { createSourceParts } from './source-parts.js';
import { Cache } from './utils/cache/cache.js';
import { memoryStore } from './utils/cache/memory-store.js';
import { RedisConnection } from './utils/cache/redis-connection.js';
import { redisStore } from './utils/cache/redis-store.js';
import { sqliteStore } from './utils/cache/sqlite-store.js';
import { SwitchedRedis } from './utils/cache/switched-redis.js';

export interface ApplicationOptions {
  /** Where settings come from, the strongest first; what administrators have changed is read from the database. */
  sources: readonly SettingsSource[];
  folder: DataFolder;
  logger: Logger;
  version: string;
  /** Folder of the built web application. */
  webUi: string;
  /** Of the torrent engine's process, when not as usual. */
  engine?: Pick<SupervisedEngineOptions, 'entry' | 'patienceMs'>;
}

/** The composition root: every object is made here, once, by hand, and started and stopped here in order. */
export class Application {
  private constructor(
    private readonly options: ApplicationOptions,
    private readonly configuration: Configuration,
    private readonly database: Database,
    private readonly parts: Parts,
  ) {}

  /**
   * Opens the database and makes all parts. Errors of a start: `SecretsError`, `DatabaseCorruptError`,
   * `DatabaseUnwritableError`, `DatabaseTooNewError`, `ConfigurationError`.
   */
  static async create(options: ApplicationOptions): Promise<Application> {
    const database = await Database.open(options.folder.database);
    try {
      // With accounts in the database a missing keys file was lost, and making new keys would lock everyone out.
      const mayCreate = await new UserRepository(database).isEmpty();
      const secrets = await loadSecrets(options.folder.secrets, { mayCreate });
      const sealer = new TextSealer(secrets.refreshKey);
      const configuration = await configurationOf(options, database, sealer);
      const store = await chooseChunkStore(configuration, options.folder);
      const chunkStores = await openChunkStores(store);
      const identity = await new DatabaseIdentityRepository(database).get();
      const parts = createParts({
        options,
        configuration,
        database,
        identity,
        secrets,
        sealer,
        store,
        chunkStores,
      });
      return new Application(options, configuration, database, parts);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /**
   * Serves. Answers where, and the set-up code while the first administrator is missing. Error: `ListenError`. An
   * engine that is not up in time is no error: everything but playing works, and it goes on trying.
   */
  async start(): Promise<{ url: string; setupCode: string | null }> {
    const { logger } = this.options;
    const { ADMIN_USERNAME, ADMIN_PASSWORD, PUBLIC_URL, HOST, CACHE_URL } = this.configuration;
    const {
      setup,
      audit,
      engine,
      playback,
      budget,
      server,
      redis,
      metrics,
      scheduler,
      signingKeys,
      vpn,
      finding,
    } = this.parts;
    await audit.start();
    if (ADMIN_USERNAME !== undefined && ADMIN_PASSWORD !== undefined) {
      await setup.ensureAdministrator(ADMIN_USERNAME, ADMIN_PASSWORD);
    }
    const setupCode = await setup.start();
    try {
      await redis.switchTo(CACHE_URL);
      metrics.start();
      await finding.start();
      const port = await server.start();
      playback.start();
      signingKeys.start();
      await vpn.start();
      await engine
        .start()
        .catch((error: unknown) => logger.error({ err: error }, 'Kinora serves without the torrent engine'));
      budget.start();
      await scheduler.start();
      return { url: PUBLIC_URL ?? `http://${reachableHost(HOST)}:${port}`, setupCode };
    } catch (error) {
      redis.stop();
      await this.database.close();
      throw error;
    }
  }

  /** Settings whose change holds at once, because a part follows them. */
  get followedSettings(): ReadonlySet<string> {
    return this.parts.live.names;
  }

  /** Ends what runs, top floor first: requests, plays, the engine, the database. */
  async stop(): Promise<void> {
    const { server, intents, playback, budget, engine, audit, live, redis, scheduler, signingKeys, vpn } =
      this.parts;
    const { trakt, traktHttp, finding } = this.parts;
    signingKeys.stop();
    intents.stop();
    playback.stop();
    await server.stop();
    await vpn.stop();
    await scheduler.stop();
    await trakt.stop();
    await traktHttp.close();
    await finding.stop();
    await budget.stop();
    await engine.stop();
    await live.stop();
    redis.stop();
    this.parts.closeCache();
    await audit.stop();
    await this.database.close();
  }
}

const day = 24 * 60 * 60_000;

type Parts = ReturnType<typeof createParts>;

/** What holds: what administrators have changed counts more than files, and less than variables and flags. */
async function configurationOf(
  { sources, logger }: ApplicationOptions,
  database: Database,
  sealer: TextSealer,
): Promise<Configuration> {
  const rows = await new SettingRepository(database).list();
  const { values, unopened } = openSettings(rows, sealer, settingDefinitions);
  if (unopened.length > 0)
    logger.error(
      { settings: unopened },
      'secrets of the settings page cannot be opened with these keys; set them anew',
    );
  const configuration = readConfiguration(withStored(sources, values));
  // The logger was made before the database was open.
  if (values['LOG_LEVEL'] !== undefined) logger.level = configuration.LOG_LEVEL;
  return configuration;
}

interface Foundation {
  options: ApplicationOptions;
  configuration: Configuration;
  database: Database;
  /** Of the database. */
  identity: string;
  secrets: Secrets;
  sealer: TextSealer;
  store: ChunkStoreSettings;
  chunkStores: ChunkStores;
}

function createParts({
  options,
  configuration,
  database,
  identity,
  secrets,
  sealer,
  store,
  chunkStores,
}: Foundation) {
  const { folder, logger, version } = options;
  const metrics = new Metrics();
  const live = new LiveSettings(configuration);
  live.follow(['LOG_LEVEL'], ({ LOG_LEVEL }) => {
    logger.level = LOG_LEVEL;
  });
  /** Clients of one part, which are closed with it. With a guard their requests go the way of the torrents. */
  const openHttp = (guard?: VpnGuard) => {
    const ends: (() => unknown)[] = [];
    return {
      create: (provider: string, given: Partial<HttpClientOptions> = {}): HttpClient => {
        const dispatcher = guard && new PermittedDispatcher();
        if (guard && dispatcher) ends.push(guard.onPermission((how) => dispatcher.setPermission(how)));
        const client = new HttpClient({
          provider,
          userAgent: `Kinora/${version}`,
          logger,
          ...(dispatcher && { dispatcher }),
          ...given,
          onCall: (outcome, seconds) => metrics.providerCalled(provider, outcome, seconds),
        });
        ends.push(() => client.close());
        return client;
      },
      close: async (): Promise<void> => {
        await Promise.all(ends.map((end) => end()));
      },
    };
  };

  const { cache, closeCache, rateLimitStore, sharedAttempts, redis } = createCaching(
    options,
    { secrets, identity },
    (outcome) => metrics.cacheAsked(outcome),
  );
  const signingKeys = new SigningKeys({ folder: folder.secrets, secrets, logger });
  live.follow(['CACHE_URL'], ({ CACHE_URL }) => void redis.switchTo(CACHE_URL));
  const accounts = createAccounts(database, secrets, logger, {
    auditRetentionDays: configuration.AUDIT_RETENTION_DAYS,
    sharedAttempts,
    accessTokenKeys: signingKeys.accessToken,
    journal: new AuditJournal(folder.auditJournal),
  });
  live.follow(['AUDIT_RETENTION_DAYS'], ({ AUDIT_RETENTION_DAYS }) =>
    accounts.audit.keepFor(AUDIT_RETENTION_DAYS * day),
  );
  const vpnHttp = openHttp();
  const vpn = createVpnGuard(configuration, {
    audit: accounts.audit,
    logger,
    createHttp: vpnHttp.create,
    onStop: vpnHttp.close,
  });
  metrics.gauge('vpn_protected', 'Whether the VPN is verified: 1 or 0', () =>
    Number(vpn.getStatus().state === 'protected'),
  );
  metrics.gauge('vpn_traffic_allowed', 'Whether torrent traffic may leave: 1 or 0', () =>
    Number(vpn.getStatus().trafficAllowed),
  );
  metrics.gauge('vpn_drops', 'How often protection was lost since the start', () => vpn.dropCount);
  const provider = live.part(['TMDB_API_TOKEN', 'TMDB_API_URL', 'ARCHIVE_API_URL'], (settings) => {
    const http = openHttp();
    return { part: createMetadataProvider(settings, http.create), close: http.close };
  });
  // What one TMDB said is not what another would say.
  const catalogueCache = live.part(['TMDB_API_URL'], ({ TMDB_API_URL }) => ({
    part: cache.scoped(scopeOf(TMDB_API_URL)),
  }));
  const archive = live.part(['ARCHIVE_API_URL'], (settings) => {
    const http = openHttp();
    return { part: { client: createArchiveClient(settings, http.create) }, close: http.close };
  });
  const catalogue = createCatalogue({
    database,
    provider,
    archive: () => archive.client,
    cache: catalogueCache,
    logger,
  });

  const { media } = catalogue;
  const pictures = new PictureStore({ folder: folder.pictures, maxBytes: pictureBytes });
  metrics.gauge('pictures_bytes', 'Pictures kept on the disk, in bytes', () => pictures.size);
  const images = live.part(['TMDB_API_TOKEN', 'TMDB_API_URL', 'ARCHIVE_API_URL'], (settings) => {
    const http = openHttp();
    const scope = cache.scoped(scopeOf(settings.TMDB_API_URL));
    const providers = createImageProviders(settings, scope, http.create);
    return { part: new ImageService({ providers, pictures }), close: http.close };
  });
  const engine = new SupervisedEngine({
    store,
    dht: configuration.TORRENT_DHT,
    port: configuration.TORRENT_PORT,
    uploadLimit: configuration.TORRENT_UPLOAD_LIMIT,
    downloadLimit: configuration.TORRENT_DOWNLOAD_LIMIT,
    seeding: {
      ratioPerTitle: configuration.SEED_RATIO_TITLE,
      ratioInAll: configuration.SEED_RATIO_TOTAL,
      quietHours: configuration.SEED_QUIET_HOURS,
    },
    allowPrivatePeers: configuration.TORRENT_ALLOW_PRIVATE_PEERS,
    network: vpn.permission,
    logger,
    onRestart: () => metrics.engineRestarted(),
    onSetAside: (infoHash) => void accounts.audit.record(refusedTorrent(infoHash)),
    ...options.engine,
  });
  vpn.onPermission((permission) => engine.setNetwork(permission));
  metrics.gauge('engine_up', 'Whether the torrent engine works: 1 or 0', () => Number(engine.isReady()));
  const storedTorrents = new StoredTorrentRepository(database);
  const budget = new StorageBudget({
    root: folder.torrents,
    stores: chunkStores,
    engine,
    storedTorrents,
    limitBytes: configuration.STORAGE_LIMIT,
    minFreeBytes: configuration.STORAGE_MIN_FREE,
    logger,
  });
  live.follow(['STORAGE_LIMIT', 'STORAGE_MIN_FREE'], ({ STORAGE_LIMIT, STORAGE_MIN_FREE }) =>
    budget.useLimits({ limitBytes: STORAGE_LIMIT, minFreeBytes: STORAGE_MIN_FREE }),
  );
  const storage = new StorageService({
    budget,
    storedTorrents,
    uses: new TorrentUseRepository(database),
    audit: accounts.audit,
    logger,
  });
  const leases = new TorrentLeases({
    engine,
    storedTorrents,
    memories: new SwarmMemoryRepository(database),
    trackers: configuration.TORRENT_TRACKERS,
    logger,
  });
  live.follow(['TORRENT_TRACKERS'], ({ TORRENT_TRACKERS }) => leases.useTrackers(TORRENT_TRACKERS));
  const indexerHttp = openHttp(vpn);
  const permitted = new PermittedDispatcher();
  vpn.onPermission((how) => permitted.setPermission(how));
  const sourceTitles = new SourceTitles(media, catalogue.shows);
  const finding = createSourceParts({
    titles: sourceTitles,
    configuration,
    version,
    database,
    sealer,
    storedTorrents,
    engine,
    leases,
    audit: accounts.audit,
    cache,
    logger,
    createHttp: indexerHttp.create,
    closeHttp: indexerHttp.close,
    permitted,
    vpn,
    live,
  });
  const { sources, indexers } = finding;
  const pauseReason = () => (vpn.permission.kind === 'closed' ? vpn.permission.reason : null);
  const resolver = new PlaybackResolver(sourceTitles, sources, finding.metadata, pauseReason);
  const playing = { engine, storage, leases, resolver, logger };
  const playback = new PlaybackService({
    ...playing,
    pauseReason,
    grants: new PlaybackGrants(
      signingKeys.grant,
      (sessionId, userId) => accounts.auth.isSessionLive(sessionId, userId),
      Date.now,
    ),
  });
  const intents = new PlaybackIntents({ ...playing, isAnyoneWaiting: () => playback.isAnyoneWaiting() });
  accounts.auth.onSessionEnded((sessionId) => playback.endOfSession(sessionId));
  accounts.users.onNarrowed((userId) => {
    playback.endOfUser(userId);
    intents.end(userId);
  });

  const watches = new WatchRepository(database);
  const titles = new LibraryTitles(
    new MovieRepository(database),
    new ShowRepository(database),
    new EpisodeRepository(database),
  );
  const watchOverview = new WatchOverview(watches, titles, Date.now);
  const traktHttp = new HttpCaller({
    provider: 'Trakt',
    userAgent: `Kinora/${version}`,
    onCall: (outcome, seconds) => metrics.providerCalled('Trakt', outcome, seconds),
  });
  const { watch, trakt } = createTrakt({
    http: traktHttp,
    config: () => ({
      apiUrl: live.now.TRAKT_API_URL,
      authUrl: live.now.TRAKT_AUTH_URL,
      clientId: live.now.TRAKT_CLIENT_ID,
      clientSecret: live.now.TRAKT_CLIENT_SECRET,
    }),
    accounts: new TraktRepository(database),
    outboxEntries: new TraktOutboxRepository(database),
    ...{ watches, titles, audit: accounts.audit, sealer, logger, now: Date.now },
    ...{ lists: catalogue.lists, mirrors: catalogue.mirrors },
    onShowsMet: new ShowRefreshes(new EpisodeRepository(database), catalogue.refresher).want,
  });
  // Read anew for every call.
  live.follow(['TRAKT_API_URL', 'TRAKT_AUTH_URL', 'TRAKT_CLIENT_ID', 'TRAKT_CLIENT_SECRET'], () => undefined);

  const scheduler = new SchedulerService({
    jobs: [
      ...createAuthJobs(new SessionRepository(database), Date.now),
      ...createAuditJobs(accounts.audit),
      ...createMediaJobs(catalogue),
      ...traktJobs(trakt),
      ...finding.jobs,
    ],
    states: new JobRepository(database),
    logger,
    onRun: (job, outcome, seconds) => metrics.jobEnded(job, outcome, seconds),
  });
  const settings = new SettingsService({
    definitions: settingDefinitions,
    sources: options.sources,
    read: readConfiguration,
    checks: settingChecks(version),
    live,
    settings: new SettingRepository(database),
    sealer,
    audit: accounts.audit,
  });

  const https = configuration.PUBLIC_URL?.startsWith('https:') ?? false;
  const routes = createRoutes({
    ...accounts,
    refreshCookie: new RefreshCookie(https),
    publicUrl: configuration.PUBLIC_URL,
    media,
    home: catalogue.home,
    shows: catalogue.shows,
    sourceTitles,
    people: catalogue.people,
    discover: catalogue.discover,
    lists: catalogue.lists,
    sources,
    indexers,
    images,
    playback,
    intents,
    storage,
    scheduler,
    watch,
    watchOverview,
    trakt,
    settings,
    vpn,
    logger,
    trustedProxies: configuration.TRUSTED_PROXIES,
    allowedHosts: configuration.ALLOWED_HOSTS,
    rateLimitStore,
    refusals: new RefusalLog(accounts.audit, Date.now),
    metrics,
    readiness: [
      { name: 'engine', isReady: () => engine.isReady() },
      { name: 'database', isReady: () => database.isReady() },
      { name: 'cache', isReady: () => redis.isUp, optional: true },
    ],
    version,
    https,
    webUi: existsSync(path.join(options.webUi, 'index.html')) ? options.webUi : null,
  });
  const server = new HttpServer({ host: configuration.HOST, port: configuration.PORT, fetch: routes.fetch });
  return {
    closeCache,
    finding,
    setup: accounts.setup,
    audit: accounts.audit,
    trakt,
    traktHttp,
    signingKeys,
    vpn,
    engine,
    playback,
    intents,
    budget,
    scheduler,
    server,
    redis,
    live,
    metrics,
  };
}

/**
 * What is remembered and counted: in memory, and with CACHE_URL over what several servers share. Those that have the
 * same keys count together. They share what they remember as well when they have the same database, for it names its
 * rows, and the same version, for its form may change.
 */
function createCaching(
  { folder, logger, version }: ApplicationOptions,
  { secrets, identity }: { secrets: Secrets; identity: string },
  onLookup: (outcome: CacheOutcome) => void,
) {
  const memory = memoryStore({ maxEntries: 5_000 });
  const local = new MemoryRateLimitStore();
  const redis = new SwitchedRedis((url) => new RedisConnection({ url, logger }));
  const owner = createHmac('sha256', secrets.refreshKey).update('shared cache').digest('hex').slice(0, 16);
  const namespace = `kinora:${owner}`;
  const file = sqliteStore({ file: folder.cache, namespace: `${identity}:${version}:` });
  return {
    closeCache: file.close,
    cache: new Cache({
      stores: [
        memory,
        file.store,
        redisStore({ connection: redis, namespace: `${namespace}:${identity}:${version}` }),
      ],
      onLookup,
    }),
    rateLimitStore: new RedisRateLimitStore({ scripts: redis, local, namespace }),
    sharedAttempts: new SharedAttempts({ scripts: redis, namespace, secret: secrets.refreshKey }),
    redis,
  };
}

interface AccountsOptions {
  auditRetentionDays: number;
  /** What several servers know together of failed attempts. */
  sharedAttempts?: SharedAttempts | undefined;
  /** Where they may change while it runs. */
  accessTokenKeys?: KeySource;
  /** Of a server; without one each act waits for the database. */
  journal?: AuditJournal;
}

/** Accounts and what guards them; the command line makes them too. */
export function createAccounts(
  database: Database,
  secrets: Secrets,
  logger: Logger,
  {
    auditRetentionDays,
    sharedAttempts,
    accessTokenKeys = () => secrets.accessToken,
    journal,
  }: AccountsOptions,
) {
  const users = new UserRepository(database);
  const sessions = new SessionRepository(database);
  const audit = new AuditLogService(new AuditEventRepository(database), logger, {
    maxAgeMs: auditRetentionDays * day,
    journal: journal ?? null,
  });
  const passwords = new Passwords({ pepper: secrets.passwordPepper });
  const backoff = new AttemptBackoff({ now: Date.now, shared: sharedAttempts });
  const passwordCheck = new PasswordCheck(users, passwords, backoff, audit);
  const auth = new AuthService({
    passwordCheck,
    sessions,
    accessTokens: new AccessTokens(accessTokenKeys, Date.now),
    refreshTokens: new RefreshTokens(sessions, secrets.refreshKey, Date.now),
    audit,
    now: Date.now,
  });
  return {
    auth,
    audit,
    setup: new SetupService(users, passwords, backoff, audit),
    devices: new DeviceSignIn({
      auth,
      users,
      backoff: new AttemptBackoff({ now: Date.now, freePerSubject: 5, shared: sharedAttempts }),
      audit,
      now: Date.now,
    }),
    users: new UserService({ users, passwords, passwordCheck, auth, audit, now: Date.now }),
  };
}

type CatalogueSettings = Pick<Configuration, 'TMDB_API_TOKEN' | 'TMDB_API_URL' | 'ARCHIVE_API_URL'>;
/** For posters, backdrops and stills on the disk. */
const pictureBytes = 1024 * 1024 * 1024;

/** What a provider may be asked, and may answer. */
type ProviderLimits = Pick<HttpClientOptions, 'budget' | 'maxBytes'>;
type CreateHttp = (provider: string, limits?: ProviderLimits) => HttpClient;

/** Seasons of shows that run for decades are answers of several megabytes. */
const tmdbLimits: ProviderLimits = { budget: { perSecond: 25, atOnce: 8 }, maxBytes: 24 * 1024 * 1024 };
const pictureLimits: ProviderLimits = { budget: { perSecond: 60, atOnce: 16 } };
/** It publishes no number, and answers those who ask too much with 429 and 503. */
const archiveLimits: ProviderLimits = { budget: { perSecond: 2, atOnce: 2 }, maxBytes: 16 * 1024 * 1024 };

/** With a TMDB token the catalogue is TMDB; without, what may be watched freely. Films of the Archive are part of either. */
function createMetadataProvider(settings: CatalogueSettings, createHttp: CreateHttp): MetadataProvider {
  const { TMDB_API_TOKEN: token, TMDB_API_URL: baseUrl } = settings;
  const client = createArchiveClient(settings, createHttp);
  const archive = client === null ? [] : [new ArchiveMetadataProvider(client)];
  const openFilms = new OpenFilmsMetadataProvider();
  if (token === undefined) return new LayeredMetadataProvider(openFilms, archive);
  const tmdb = new TmdbMetadataProvider(new TmdbClient(createHttp('TMDB', tmdbLimits), { baseUrl, token }));
  return new LayeredMetadataProvider(tmdb, [...archive, openFilms]);
}

function createArchiveClient(
  { ARCHIVE_API_URL: baseUrl }: Pick<Configuration, 'ARCHIVE_API_URL'>,
  createHttp: CreateHttp,
): ArchiveClient | null {
  return baseUrl === 'off' ? null : new ArchiveClient(createHttp('Internet Archive', archiveLimits), baseUrl);
}

function createImageProviders(settings: CatalogueSettings, cache: Cache, createHttp: CreateHttp) {
  const { TMDB_API_TOKEN: token, TMDB_API_URL: baseUrl, ARCHIVE_API_URL: archiveUrl } = settings;
  const providers: Record<string, ImageProvider> = {};
  if (token !== undefined) {
    const client = new TmdbClient(createHttp('TMDB'), { baseUrl, token });
    providers['tmdb'] = new TmdbImageProvider(client, createHttp('TMDB images', pictureLimits), cache);
  }
  if (archiveUrl !== 'off') {
    const http = createHttp('Internet Archive images', archiveLimits);
    providers['archive'] = new ArchiveImageProvider(http, new URL(`${archiveUrl}/`));
  }
  return providers;
}

/** Names where answers come from, so that what one address told is not taken for the word of another. */
function scopeOf(...addresses: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(addresses)).digest('hex').slice(0, 12);
}

/** A torrent that keeps ending the engine may have been made to. */
function refusedTorrent(infoHash: string): AuditEntry {
  const origin = { address: null, requestId: null, userAgent: null };
  return { action: 'engine.torrent-refused', outcome: 'denied', actor: null, origin, detail: { infoHash } };
}

/** What to type to reach a server that listens everywhere. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
