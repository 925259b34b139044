import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type ChunkStores, openChunkStores } from './chunk-stores/chunk-stores.js';
import type { Configuration } from './configuration.js';
import type { DataFolder } from './data-folder.js';
import { Database } from './database/database.js';
import { type KeySource, loadSecrets, type Secrets } from './encryption/secrets.js';
import { HttpClient } from './http-client/http-client.js';
import { HttpServer } from './http-server.js';
import type { Logger } from './logging/logger.js';
import { type CacheOutcome, Metrics } from './logging/metrics.js';
import { MemoryRateLimitStore } from './middleware/memory.rate-limit-store.js';
import { RedisRateLimitStore } from './middleware/redis.rate-limit-store.js';
import { AuditEventRepository } from './repositories/audit-event.repository.js';
import { DatabaseIdentityRepository } from './repositories/database-identity.repository.js';
import { JobRepository } from './repositories/job.repository.js';
import { MovieRepository } from './repositories/movie.repository.js';
import { SessionRepository } from './repositories/session.repository.js';
import { SourceRepository } from './repositories/source.repository.js';
import { StoredTorrentRepository } from './repositories/stored-torrent.repository.js';
import { TorrentUseRepository } from './repositories/torrent-use.repository.js';
import { UserRepository } from './repositories/user.repository.js';
import { WatchRepository } from './repositories/watch.repository.js';
import { createRoutes } from './routes/index.js';
import { RefreshCookie } from './routes/refresh-cookie.js';
import { createAuditJobs } from './services/audit/audit.jobs.js';
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
import { ImageService } from './services/media/image.service.js';
import { MediaService } from './services/media/media.service.js';
import { OpenFilmsMetadataProvider } from './services/media/open-films/open-films.metadata-provider.js';
import { PlaybackService } from './services/playback/playback.service.js';
import { PlaybackResolver } from './services/playback/playback-resolver.js';
import { TorrentLeases } from './services/playback/torrent-leases.js';
import { SchedulerService } from './services/scheduler/scheduler.service.js';
import { SourceService } from './services/source/source.service.js';
import { StorageService } from './services/storage/storage.service.js';
import { StorageBudget } from './services/storage/storage-budget.js';
import { TmdbClient } from './services/tmdb/tmdb.client.js';
import { TmdbImageProvider } from './services/tmdb/tmdb.image-provider.js';
import { TmdbMetadataProvider } from './services/tmdb/tmdb.metadata-provider.js';
import { SupervisedEngine, type SupervisedEngineOptions } from './services/torrent/supervised.engine.js';
import { UserService } from './services/users/user.service.js';
import { LibraryTitles } from './services/watch/library-titles.js';
import { WatchService } from './services/watch/watch.service.js';
import { WatchOverview } from './services/watch/watch-overview.js';
import { createTrackers } from './trackers/index.js';
import { Cache } from './utils/cache/cache.js';
import { memoryStore } from './utils/cache/memory-store.js';
import { RedisConnection } from './utils/cache/redis-connection.js';
import { redisStore } from './utils/cache/redis-store.js';

export interface ApplicationOptions {
  configuration: Configuration;
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
    private readonly database: Database,
    private readonly parts: Parts,
  ) {}

  /** Opens the database and makes all parts. Errors of a start: `SecretsError`, `DatabaseCorruptError`, `DatabaseUnwritableError`, `DatabaseTooNewError`. */
  static async create(options: ApplicationOptions): Promise<Application> {
    const database = await Database.open(options.folder.database);
    try {
      // With accounts in the database a missing keys file was lost, and making new keys would lock everyone out.
      const mayCreate = await new UserRepository(database).isEmpty();
      const secrets = await loadSecrets(options.folder.secrets, { mayCreate });
      const chunkStores = await openChunkStores({ kind: 'file', root: options.folder.torrents });
      const identity = await new DatabaseIdentityRepository(database).get();
      return new Application(
        options,
        database,
        createParts(options, { database, identity }, secrets, chunkStores),
      );
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
    const { configuration, logger } = this.options;
    const { ADMIN_USERNAME, ADMIN_PASSWORD, PUBLIC_URL, HOST } = configuration;
    const { setup, engine, playback, budget, server, redis, metrics, scheduler, signingKeys } = this.parts;
    if (ADMIN_USERNAME !== undefined && ADMIN_PASSWORD !== undefined) {
      await setup.ensureAdministrator(ADMIN_USERNAME, ADMIN_PASSWORD);
    }
    const setupCode = await setup.start();
    try {
      await redis?.start();
      metrics.start();
      const port = await server.start();
      playback.start();
      signingKeys.start();
      await engine
        .start()
        .catch((error: unknown) => logger.error({ err: error }, 'Kinora serves without the torrent engine'));
      budget.start();
      await scheduler.start();
      return { url: PUBLIC_URL ?? `http://${reachableHost(HOST)}:${port}`, setupCode };
    } catch (error) {
      redis?.stop();
      await this.database.close();
      throw error;
    }
  }

  /** Ends what runs, top floor first: requests, plays, the engine, the database. */
  async stop(): Promise<void> {
    const { server, playback, budget, engine, audit, httpClients, redis, scheduler, signingKeys } =
      this.parts;
    signingKeys.stop();
    playback.stop();
    await server.stop();
    await scheduler.stop();
    await budget.stop();
    await engine.stop();
    await Promise.all(httpClients.map((client) => client.close()));
    redis?.stop();
    await audit.stop();
    await this.database.close();
  }
}

type Parts = ReturnType<typeof createParts>;

function createParts(
  options: ApplicationOptions,
  { database, identity }: { database: Database; identity: string },
  secrets: Secrets,
  chunkStores: ChunkStores,
) {
  const { configuration, folder, logger, version } = options;
  const metrics = new Metrics();
  const httpClients: HttpClient[] = [];
  const createHttp = (provider: string): HttpClient => {
    const client = new HttpClient({
      provider,
      userAgent: `Kinora/${version}`,
      logger,
      onCall: (outcome, seconds) => metrics.providerCalled(provider, outcome, seconds),
    });
    httpClients.push(client);
    return client;
  };

  const { cache, rateLimitStore, sharedAttempts, redis } = createCaching(
    options,
    { secrets, identity },
    (outcome) => metrics.cacheAsked(outcome),
  );
  const signingKeys = new SigningKeys({ folder: folder.secrets, secrets, logger });
  const accounts = createAccounts(database, secrets, logger, {
    auditRetentionDays: configuration.AUDIT_RETENTION_DAYS,
    sharedAttempts,
    accessTokenKeys: signingKeys.accessToken,
  });
  const { media, images } = createCatalogue(configuration, database, cache, logger, createHttp);
  const sources = new SourceService({
    trackers: createTrackers({ ytsApiUrls: configuration.YTS_API_URL }, createHttp),
    sources: new SourceRepository(database),
    cache,
    logger,
  });

  const engine = new SupervisedEngine({
    store: { kind: 'file', root: folder.torrents },
    dht: configuration.TORRENT_DHT,
    port: configuration.TORRENT_PORT,
    uploadLimit: configuration.TORRENT_UPLOAD_LIMIT,
    downloadLimit: configuration.TORRENT_DOWNLOAD_LIMIT,
    allowPrivatePeers: configuration.TORRENT_ALLOW_PRIVATE_PEERS,
    logger,
    onRestart: () => metrics.engineRestarted(),
    onSetAside: (infoHash) => void accounts.audit.record(refusedTorrent(infoHash)),
    ...options.engine,
  });
  metrics.gauge('engine_up', 'Whether the torrent engine works: 1 or 0', () => Number(engine.isReady()));
  const storedTorrents = new StoredTorrentRepository(database);
  const limits = {
    limitBytes: configuration.STORAGE_LIMIT,
    minFreeBytes: configuration.STORAGE_MIN_FREE,
  };
  const budget = new StorageBudget({
    root: folder.torrents,
    stores: chunkStores,
    engine,
    storedTorrents,
    ...limits,
    logger,
  });
  const storage = new StorageService({
    budget,
    storedTorrents,
    uses: new TorrentUseRepository(database),
    audit: accounts.audit,
    limits,
    logger,
  });
  const playback = new PlaybackService({
    engine,
    storage,
    leases: new TorrentLeases({
      engine,
      storedTorrents,
      trackers: configuration.TORRENT_TRACKERS,
      logger,
    }),
    resolver: new PlaybackResolver(media, sources),
    grants: new PlaybackGrants(
      signingKeys.grant,
      (sessionId, userId) => accounts.auth.isSessionLive(sessionId, userId),
      Date.now,
    ),
    logger,
  });
  accounts.auth.onSessionEnded((sessionId) => playback.endOfSession(sessionId));
  accounts.users.onNarrowed((userId) => playback.endOfUser(userId));

  const scheduler = new SchedulerService({
    jobs: [...createAuthJobs(new SessionRepository(database), Date.now), ...createAuditJobs(accounts.audit)],
    states: new JobRepository(database),
    logger,
    onRun: (job, outcome, seconds) => metrics.jobEnded(job, outcome, seconds),
  });
  const watches = new WatchRepository(database);
  const titles = new LibraryTitles(new MovieRepository(database));
  const watchOverview = new WatchOverview(watches, titles, Date.now);
  const watch = new WatchService({ watches, titles, now: Date.now });

  const https = configuration.PUBLIC_URL?.startsWith('https:') ?? false;
  const routes = createRoutes({
    ...accounts,
    refreshCookie: new RefreshCookie(https),
    publicUrl: configuration.PUBLIC_URL,
    media,
    sources,
    images,
    playback,
    storage,
    scheduler,
    watch,
    watchOverview,
    logger,
    trustedProxies: configuration.TRUSTED_PROXIES,
    allowedHosts: configuration.ALLOWED_HOSTS,
    rateLimitStore,
    refusals: new RefusalLog(accounts.audit, Date.now),
    metrics,
    readiness: [
      { name: 'engine', isReady: () => engine.isReady() },
      { name: 'database', isReady: () => database.isReady() },
      ...(redis ? [{ name: 'cache', isReady: () => redis.isUp, optional: true as const }] : []),
    ],
    version,
    https,
    webUi: existsSync(path.join(options.webUi, 'index.html')) ? options.webUi : null,
  });
  const server = new HttpServer({ host: configuration.HOST, port: configuration.PORT, fetch: routes.fetch });
  return {
    setup: accounts.setup,
    audit: accounts.audit,
    signingKeys,
    engine,
    playback,
    budget,
    scheduler,
    server,
    redis,
    httpClients,
    metrics,
  };
}

/**
 * What is remembered and counted: in memory, and with CACHE_URL over what several servers share. Those that have the
 * same keys count together. They share what they remember as well when they have the same database, for it names its
 * rows, and the same version, for its form may change.
 */
function createCaching(
  { configuration, logger, version }: ApplicationOptions,
  { secrets, identity }: { secrets: Secrets; identity: string },
  onLookup: (outcome: CacheOutcome) => void,
) {
  const memory = memoryStore({ maxEntries: 5_000 });
  const local = new MemoryRateLimitStore();
  const { CACHE_URL: url } = configuration;
  if (url === undefined)
    return {
      cache: new Cache({ stores: [memory], onLookup }),
      rateLimitStore: local,
      sharedAttempts: undefined,
      redis: null,
    };
  const redis = new RedisConnection({ url, logger });
  const owner = createHmac('sha256', secrets.refreshKey).update('shared cache').digest('hex').slice(0, 16);
  const namespace = `kinora:${owner}`;
  return {
    cache: new Cache({
      stores: [memory, redisStore({ connection: redis, namespace: `${namespace}:${identity}:${version}` })],
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
}

/** Accounts and what guards them; the command line makes them too. */
export function createAccounts(
  database: Database,
  secrets: Secrets,
  logger: Logger,
  { auditRetentionDays, sharedAttempts, accessTokenKeys = () => secrets.accessToken }: AccountsOptions,
) {
  const users = new UserRepository(database);
  const sessions = new SessionRepository(database);
  const audit = new AuditLogService(new AuditEventRepository(database), logger, {
    maxAgeMs: auditRetentionDays * 24 * 60 * 60_000,
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

/** With a TMDB token the catalogue is TMDB; without, the built-in open films. */
function createCatalogue(
  { TMDB_API_TOKEN: token, TMDB_API_URL: baseUrl }: Configuration,
  database: Database,
  cache: Cache,
  logger: Logger,
  createHttp: (provider: string) => HttpClient,
) {
  const movies = new MovieRepository(database);
  if (token === undefined) {
    const media = new MediaService({ provider: new OpenFilmsMetadataProvider(), movies, cache, logger });
    return { media, images: new ImageService({ providers: {} }) };
  }
  const client = new TmdbClient(createHttp('TMDB'), { baseUrl, token });
  return {
    media: new MediaService({ provider: new TmdbMetadataProvider(client), movies, cache, logger }),
    images: new ImageService({
      providers: { tmdb: new TmdbImageProvider(client, createHttp('TMDB images'), cache) },
    }),
  };
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
