import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ChunkStoreSettings } from './chunk-stores/chunk-store-settings.js';
import { type ChunkStores, openChunkStores } from './chunk-stores/chunk-stores.js';
import { createAccountParts, day } from './composition/account-parts.js';
import { createCachingParts } from './composition/caching-parts.js';
import { createCatalogueParts } from './composition/catalogue-parts.js';
import { chooseChunkStore } from './composition/chunk-store-choice.js';
import { outgoingHttp } from './composition/outgoing-http.js';
import { settingChecks } from './composition/setting-checks.js';
import { createSourceParts } from './composition/source-parts.js';
import { createTorrentParts } from './composition/torrent-parts.js';
import { createWatchParts } from './composition/watch-parts.js';
import { ConfigurationFile } from './configuration/configuration-file.js';
import { type Configuration, readConfiguration, settings as settingDefinitions } from './configuration.js';
import type { DataFolder } from './data-folder.js';
import { Database } from './database/database.js';
import { isPostgres } from './database/database-address.js';
import { TextSealer } from './encryption/sealed-text.js';
import { loadSecrets, type Secrets } from './encryption/secrets.js';
import { PermittedDispatcher } from './http-client/permitted.dispatcher.js';
import { HttpServer } from './http-server.js';
import { Lifecycle } from './lifecycle.js';
import type { Logger } from './logging/logger.js';
import { Metrics } from './logging/metrics.js';
import { StallWatch } from './logging/stall-watch.js';
import { DatabaseIdentityRepository } from './repositories/database-identity.repository.js';
import { JobRepository } from './repositories/job.repository.js';
import { LeaseRepository } from './repositories/lease.repository.js';
import { SessionRepository } from './repositories/session.repository.js';
import { SettingRepository } from './repositories/setting.repository.js';
import { UserRepository } from './repositories/user.repository.js';
import { createRoutes } from './routes/index.js';
import { KnownDeviceCookie } from './routes/known-device-cookie.js';
import { RefreshCookie } from './routes/refresh-cookie.js';
import { createAuditJobs } from './services/audit/audit.jobs.js';
import { AuditJournal } from './services/audit/audit-journal.js';
import { RefusalLog } from './services/audit/refusal-log.js';
import { createAuthJobs } from './services/auth/auth.jobs.js';
import { PlaybackGrants } from './services/auth/playback-grants.js';
import { SigningKeys } from './services/auth/signing-keys.js';
import { createMediaJobs } from './services/media/media.jobs.js';
import { OverviewService } from './services/overview/overview.service.js';
import type { ReadinessCheck } from './services/overview/readiness.js';
import { PlaybackService } from './services/playback/playback.service.js';
import { PlaybackIntents } from './services/playback/playback-intents.js';
import { PlaybackResolver } from './services/playback/playback-resolver.js';
import { SchedulerService } from './services/scheduler/scheduler.service.js';
import { type SettingsSource, withStored } from './services/settings/effective-settings.js';
import { LiveSettings } from './services/settings/live-settings.js';
import { SettingsService } from './services/settings/settings.service.js';
import { openSettings } from './services/settings/stored-settings.js';
import { SourceTitles } from './services/source/source-titles.js';
import type { SupervisedEngineOptions } from './services/torrent/supervised.engine.js';
import { traktJobs } from './services/trakt/trakt.jobs.js';
import { createVpnGuard } from './services/vpn/create-vpn-guard.js';
import { firewallTableOf } from './services/vpn/firewall.js';

export interface ApplicationOptions {
  /** Where settings come from, the strongest first; what administrators have changed is read from the database. */
  sources: readonly SettingsSource[];
  folder: DataFolder;
  logger: Logger;
  version: string;
  /** Folder of the built web application. */
  webUi: string;
  /** How many lines of the log could not be written. */
  lostLogLines?: () => number;
  /** Of the torrent engine's process, when not as usual. */
  engine?: Pick<SupervisedEngineOptions, 'entry' | 'patienceMs'>;
}

/** The composition root: every object is made here, once, by hand, and started and stopped here in order. */
export class Application {
  private readonly lifecycle: Lifecycle;
  private port = 0;
  private setupCode: string | null = null;

  private constructor(
    private readonly options: ApplicationOptions,
    private readonly configuration: Configuration,
    private readonly database: Database,
    private readonly parts: Parts,
  ) {
    this.lifecycle = this.createLifecycle();
  }

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
      // One server at a time uses a SQLite file, so whoever holds a lease in it has ended, perhaps by kill -9.
      if (!isPostgres(options.folder.database)) await new LeaseRepository(database).clear();
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
   * Starts the server. Resolves to its URL and, until the first administrator exists, the set-up code. An engine that is not
   * up in time is no error: everything but playing works, and it is tried further.
   * @throws {ListenError} when the address cannot be had; everything is stopped again
   */
  async start(): Promise<{ url: string; setupCode: string | null }> {
    await this.lifecycle.start();
    const { PUBLIC_URL, HOST } = this.configuration;
    return {
      url: PUBLIC_URL ?? `http://${reachableHost(HOST)}:${this.port}`,
      setupCode: this.setupCode,
    };
  }

  /** Settings whose change holds at once, because a part follows them. */
  get followedSettings(): ReadonlySet<string> {
    return this.parts.live.names;
  }

  /** Stops all components in reverse start order. */
  async stop(): Promise<void> {
    await this.lifecycle.stop();
  }

  private createLifecycle(): Lifecycle {
    const { configuration, database, parts } = this;
    const { engine, budget, sharedStorage, playback, signingKeys } = parts;
    let engineStart: Promise<void> = Promise.resolve();
    return (
      new Lifecycle()
        .add('database', { stop: () => database.close() })
        .add('audit', parts.audit)
        .add('setup', { start: () => this.setUp() })
        .add('cache', { stop: () => parts.closeCache() })
        .add('redis', {
          start: () => parts.redis.switchTo(configuration.CACHE_URL),
          stop: () => parts.redis.stop(),
        })
        .add('live settings', { stop: () => parts.live.stop() })
        .add('metrics', { start: () => parts.metrics.start() })
        // Before everything that sends through the tunnel, and so stopped after it: it decides until the last packet.
        .add('VPN guard', parts.vpn)
        .add('torrent engine', {
          start: () => {
            engineStart = this.startEngine();
          },
          stop: () => engine.stop(),
        })
        .add('shared storage', { start: () => sharedStorage?.start(), stop: () => sharedStorage?.stop() })
        .add('storage budget', budget)
        .add('sources', parts.finding)
        .add('Trakt HTTP', { stop: () => parts.traktHttp.close() })
        .add('Trakt', { stop: () => parts.trakt.stop() })
        .add('scheduler', { stop: () => parts.scheduler.stop() })
        .add('server', {
          start: async () => {
            this.port = await parts.server.start();
          },
          stop: () => parts.server.stop(),
        })
        // Requests that wait for events end first, otherwise the server would wait for them.
        .add('requests', { stop: () => parts.stopping.abort() })
        .add('playback', playback)
        .add('rights watch', parts.rights)
        .add('playback intents', { stop: () => parts.intents.stop() })
        .add('signing keys', signingKeys)
        .add('event loop watch', parts.stallWatch)
        // Jobs and readiness wait for the engine; the server answers meanwhile.
        .add('torrent engine is ready', { start: () => engineStart })
        .add('jobs', { start: () => parts.scheduler.start() })
        .add('Trakt changes', { start: () => parts.trakt.start() })
    );
  }

  private async setUp(): Promise<void> {
    const { ADMIN_USERNAME, ADMIN_PASSWORD } = this.configuration;
    const { setup } = this.parts;
    if (ADMIN_USERNAME !== undefined && ADMIN_PASSWORD !== undefined)
      await setup.ensureAdministrator(ADMIN_USERNAME, ADMIN_PASSWORD);
    this.setupCode = await setup.start();
  }

  private async startEngine(): Promise<void> {
    try {
      await this.parts.engine.start();
    } catch (error) {
      this.options.logger.error({ err: error }, 'Kinora serves without the torrent engine');
    }
  }
}

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
  metrics.gauge(
    'log_lines_lost',
    'Lines of the log that could not be written',
    () => options.lostLogLines?.() ?? 0,
  );
  const live = new LiveSettings(configuration);
  live.follow(['LOG_LEVEL'], ({ LOG_LEVEL }) => {
    logger.level = LOG_LEVEL;
  });
  const openHttp = outgoingHttp({ version, logger, metrics });
  const { cache, closeCache, rateLimitStore, sharedAttempts, redis } = createCachingParts({
    folder,
    logger,
    version,
    secrets,
    identity,
    onLookup: (outcome, area) => metrics.cacheAsked(outcome, area),
  });
  const signingKeys = new SigningKeys({ folder: folder.secrets, secrets, logger });
  live.follow(['CACHE_URL'], ({ CACHE_URL }) => void redis.switchTo(CACHE_URL));
  let sessionIdleDays = configuration.SESSION_IDLE_DAYS;
  live.follow(['SESSION_IDLE_DAYS'], ({ SESSION_IDLE_DAYS }) => {
    sessionIdleDays = SESSION_IDLE_DAYS;
  });
  const accounts = createAccountParts(database, secrets, logger, {
    auditRetentionDays: configuration.AUDIT_RETENTION_DAYS,
    sessionIdleDays: () => sessionIdleDays,
    sharedAttempts,
    accessTokenKeys: signingKeys.accessToken,
    journal: new AuditJournal(folder.auditJournal),
  });
  live.follow(['AUDIT_RETENTION_DAYS'], ({ AUDIT_RETENTION_DAYS }) =>
    accounts.audit.keepFor(AUDIT_RETENTION_DAYS * day),
  );
  const vpnHttp = openHttp();
  const { guard: vpn, use: useVpn } = createVpnGuard(configuration, {
    audit: accounts.audit,
    logger,
    createHttp: vpnHttp.create,
    firewallTable: firewallTableOf(folder.root),
    onStop: vpnHttp.close,
  });
  live.follow(
    ['VPN_POLICY', 'VPN_INTERFACE', 'VPN_PROVIDER', 'VPN_CHECK_SECONDS', 'VPN_DNS', 'NORDVPN_API_URL'],
    useVpn,
  );
  metrics.gauge('vpn_protected', 'Whether the VPN is verified: 1 or 0', () =>
    Number(vpn.getStatus().state === 'protected'),
  );
  metrics.gauge('vpn_traffic_allowed', 'Whether torrent traffic may leave: 1 or 0', () =>
    Number(vpn.getStatus().trafficAllowed),
  );
  metrics.gauge('vpn_drops', 'How often protection was lost since the start', () => vpn.dropCount);
  const base = { database, live, audit: accounts.audit, metrics, logger };
  const { catalogue, images } = createCatalogueParts({ ...base, folder, cache, openHttp });
  const { engine, storedTorrents, budget, sharedStorage, storage, leases } = createTorrentParts({
    ...base,
    configuration,
    version,
    folder,
    store,
    chunkStores,
    vpn,
    process: options.engine,
  });
  const permitted = new PermittedDispatcher();
  vpn.onPermission((how) => permitted.setPermission(how));
  const sourceTitles = new SourceTitles(catalogue.media, catalogue.shows);
  const finding = createSourceParts({
    titles: sourceTitles,
    configuration,
    version,
    ...base,
    sealer,
    storedTorrents,
    engine,
    leases,
    cache,
    openHttp: () => openHttp(vpn),
    permitted,
    vpn,
  });
  const { sources, indexers } = finding;
  const pauseReason = () => (vpn.permission.kind === 'closed' ? vpn.permission.reason : null);
  const resolver = new PlaybackResolver(sourceTitles, sources, finding.metadata, pauseReason);
  const playing = { engine, storage, leases, resolver, rights: accounts.rights, logger };
  const playback = new PlaybackService({
    ...playing,
    fetchesWhole: configuration.TORRENT_FETCH_WHOLE,
    pauseReason,
    grants: new PlaybackGrants(
      signingKeys.grant,
      (sessionId, userId) => accounts.auth.isSessionLive(sessionId, userId),
      Date.now,
    ),
  });
  const intents = new PlaybackIntents({ ...playing, isAnyoneWaiting: () => playback.isAnyoneWaiting() });
  const { watch, watchOverview, ratings, watchNews, trakt, traktHttp } = createWatchParts({
    ...base,
    catalogue,
    cache,
    sealer,
    version,
  });

  const scheduler = new SchedulerService({
    jobs: [
      ...createAuthJobs({
        auth: accounts.auth,
        sessions: new SessionRepository(database),
        idleMs: () => sessionIdleDays * day,
        now: Date.now,
      }),
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
    file: new ConfigurationFile(folder.root),
    sealer,
    audit: accounts.audit,
  });

  const readiness: ReadinessCheck[] = [
    { name: 'engine', isReady: () => engine.isReady() },
    { name: 'database', isReady: () => database.isReady() },
    { name: 'cache', isReady: () => redis.isUp, optional: true },
  ];
  const overview = new OverviewService({
    ...{ version, readiness, playback, storage, vpn, scheduler, indexers },
    users: new UserRepository(database),
    listPendingSettings: () => settings.listPending(),
    now: () => new Date(),
  });
  const https = configuration.PUBLIC_URL?.startsWith('https:') ?? false;
  const stopping = new AbortController();
  const routes = createRoutes({
    ...accounts,
    refreshCookie: new RefreshCookie(https),
    deviceCookie: new KnownDeviceCookie(accounts.knownDevices, https),
    publicUrl: configuration.PUBLIC_URL,
    securityContact: configuration.SECURITY_CONTACT,
    now: Date.now,
    media: catalogue.media,
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
    ratings,
    watchNews,
    stopping: stopping.signal,
    trakt,
    settings,
    vpn,
    logger,
    trustedProxies: configuration.TRUSTED_PROXIES,
    allowedHosts: configuration.ALLOWED_HOSTS,
    rateLimitStore,
    refusals: new RefusalLog(accounts.audit, Date.now),
    metrics,
    readiness,
    overview,
    version,
    https,
    webUi: existsSync(path.join(options.webUi, 'index.html')) ? options.webUi : null,
  });
  const server = new HttpServer({ host: configuration.HOST, port: configuration.PORT, fetch: routes.fetch });
  return {
    stopping,
    stallWatch: new StallWatch(logger),
    closeCache,
    finding,
    setup: accounts.setup,
    rights: accounts.rights,
    audit: accounts.audit,
    trakt,
    traktHttp,
    signingKeys,
    vpn,
    engine,
    playback,
    intents,
    budget,
    sharedStorage,
    scheduler,
    server,
    redis,
    live,
    metrics,
  };
}

/** What to type to reach a server that listens everywhere. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
