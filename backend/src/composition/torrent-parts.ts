import type { ChunkStoreSettings } from '../chunk-stores/chunk-store-settings.js';
import type { ChunkStores } from '../chunk-stores/chunk-stores.js';
import type { Configuration } from '../configuration.js';
import type { DataFolder } from '../data-folder.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from '../logging/metrics.js';
import { StoredTorrentRepository } from '../repositories/stored-torrent.repository.js';
import { SwarmMemoryRepository } from '../repositories/swarm-memory.repository.js';
import { TorrentUseRepository } from '../repositories/torrent-use.repository.js';
import type { AuditEntry, AuditLogService } from '../services/audit/audit-log.service.js';
import { TorrentLeases } from '../services/playback/torrent-leases.js';
import type { LiveSettings } from '../services/settings/live-settings.js';
import { SharedStorage } from '../services/storage/shared-storage.js';
import { StorageService } from '../services/storage/storage.service.js';
import { StorageBudget } from '../services/storage/storage-budget.js';
import { SupervisedEngine, type SupervisedEngineOptions } from '../services/torrent/supervised.engine.js';
import type { TrafficRules } from '../services/torrent/traffic-rules.js';
import type { VpnGuard } from '../services/vpn/vpn-guard.service.js';

export interface TorrentPartsNeeds {
  configuration: Configuration;
  database: Database;
  folder: Pick<DataFolder, 'torrents'>;
  live: LiveSettings<Configuration>;
  store: ChunkStoreSettings;
  chunkStores: ChunkStores;
  audit: AuditLogService;
  vpn: VpnGuard;
  metrics: Metrics;
  logger: Logger;
  version: string;
  /** Of the torrent engine's process, when not as usual. */
  process?: Pick<SupervisedEngineOptions, 'entry' | 'patienceMs'> | undefined;
}

/** The engine, what it keeps on the disk, and who holds a torrent open. */
export function createTorrentParts({
  configuration,
  database,
  folder,
  live,
  store,
  chunkStores,
  audit,
  vpn,
  metrics,
  logger,
  version,
  process,
}: TorrentPartsNeeds) {
  const engine = new SupervisedEngine({
    store,
    dht: configuration.TORRENT_DHT,
    port: configuration.TORRENT_PORT,
    ...trafficRules(configuration),
    allowPrivatePeers: configuration.TORRENT_ALLOW_PRIVATE_PEERS,
    webRtc: configuration.TORRENT_WEBRTC ? { stunServers: configuration.TORRENT_STUN_SERVERS } : undefined,
    webSeeds: { userAgent: `Kinora/${version}`, allowedHosts: configuration.INDEXER_ALLOWED_HOSTS },
    network: vpn.permission,
    logger,
    onRestart: () => metrics.engineRestarted(),
    onSetAside: (infoHash) => void audit.record(refusedTorrent(infoHash)),
    ...process,
  });
  live.follow(trafficSettings, (changed) => engine.useTraffic(trafficRules(changed)));
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
  const sharedStorage =
    chunkStores.shared &&
    new SharedStorage({
      shared: chunkStores.shared,
      storedTorrents,
      listHere: async () =>
        (await budget.survey()).items.flatMap(({ infoHash, bytes }) =>
          infoHash === null ? [] : { infoHash, version: String(bytes) },
        ),
      isPlaying: (infoHash) => budget.isPlaying(infoHash),
      limitBytes: configuration.S3_LIMIT ?? null,
      logger,
    });
  const storage = new StorageService({
    budget,
    shared: sharedStorage,
    storedTorrents,
    uses: new TorrentUseRepository(database),
    audit,
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
  return { engine, storedTorrents, budget, sharedStorage, storage, leases };
}

const trafficSettings = [
  'TORRENT_UPLOAD_LIMIT',
  'TORRENT_DOWNLOAD_LIMIT',
  'SEED_RATIO_TITLE',
  'SEED_RATIO_TOTAL',
  'SEED_QUIET_HOURS',
] as const;

function trafficRules(settings: Pick<Configuration, (typeof trafficSettings)[number]>): TrafficRules {
  return {
    uploadLimit: settings.TORRENT_UPLOAD_LIMIT,
    downloadLimit: settings.TORRENT_DOWNLOAD_LIMIT,
    seeding: {
      ratioPerTitle: settings.SEED_RATIO_TITLE,
      ratioInAll: settings.SEED_RATIO_TOTAL,
      quietHours: settings.SEED_QUIET_HOURS,
    },
  };
}

/** A torrent that keeps ending the engine may have been made to. */
function refusedTorrent(infoHash: string): AuditEntry {
  const origin = { address: null, requestId: null, userAgent: null };
  return { action: 'engine.torrent-refused', outcome: 'denied', actor: null, origin, detail: { infoHash } };
}
