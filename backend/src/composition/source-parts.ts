import type { Configuration } from '../configuration.js';
import type { Database } from '../database/database.js';
import type { TextSealer } from '../encryption/sealed-text.js';
import { NotFoundError } from '../errors/app-error.js';
import type { PermittedDispatcher } from '../http-client/permitted.dispatcher.js';
import { TorrentDownloads } from '../http-client/torrent-downloads.js';
import type { Logger } from '../logging/logger.js';
import { IndexerRepository } from '../repositories/indexer.repository.js';
import { MediaListRepository } from '../repositories/media-list.repository.js';
import { SourceRepository } from '../repositories/source.repository.js';
import { SourceSearchRepository } from '../repositories/source-search.repository.js';
import type { StoredTorrentRepository } from '../repositories/stored-torrent.repository.js';
import type { AuditLogService } from '../services/audit/audit-log.service.js';
import { IndexerService } from '../services/indexers/indexer.service.js';
import { createSwarmDescriber } from '../services/playback/swarm-describer.js';
import type { TorrentLeases } from '../services/playback/torrent-leases.js';
import type { Job } from '../services/scheduler/job.js';
import type { LiveSettings } from '../services/settings/live-settings.js';
import { createSourceJobs } from '../services/source/source.jobs.js';
import { SourceService } from '../services/source/source.service.js';
import type { SourceTitles } from '../services/source/source-titles.js';
import { TorrentMetadataService } from '../services/source/torrent-metadata.service.js';
import { SwarmCounts } from '../services/swarm-counts/swarm-counts.js';
import { TrackerScraper } from '../services/swarm-counts/tracker-scraper.js';
import { publicOnlyAgent } from '../services/torrent/network-guard.js';
import { isPublicAddress } from '../services/torrent/peer-addresses.js';
import type { TorrentEngine } from '../services/torrent/torrent-engine.port.js';
import { torrentFileLimitBytes } from '../services/torrent/torrent-file.js';
import type { VpnGuard } from '../services/vpn/vpn-guard.service.js';
import { indexerKinds } from '../trackers/index.js';
import type { Cache } from '../utils/cache/cache.js';
import type { OutgoingHttp } from './outgoing-http.js';

export interface SourcePartsNeeds {
  titles: Pick<SourceTitles, 'getByKey'>;
  configuration: Configuration;
  version: string;
  database: Database;
  sealer: TextSealer;
  storedTorrents: StoredTorrentRepository;
  engine: TorrentEngine;
  leases: TorrentLeases;
  audit: AuditLogService;
  cache: Cache;
  logger: Logger;
  /** Clients of one indexer, which end with it. */
  openHttp: () => OutgoingHttp;
  /** Sends as far as the VPN guard permits. */
  permitted: PermittedDispatcher;
  vpn: Pick<VpnGuard, 'permission'>;
  live: LiveSettings<Configuration>;
}

/** Everything that finds, checks, ranks and describes releases; part of the composition root. */
export function createSourceParts(needs: SourcePartsNeeds) {
  const { configuration, database, logger, version } = needs;
  const publicOnly = publicOnlyAgent({ maxBytes: torrentFileLimitBytes });
  const isOpen = () => needs.vpn.permission.kind === 'open';
  const downloads = new TorrentDownloads({
    userAgent: `Kinora/${version}`,
    publicOnly,
    permitted: needs.permitted,
    isOpen,
    allowedHosts: configuration.INDEXER_ALLOWED_HOSTS,
  });
  const indexers = new IndexerService({
    indexers: new IndexerRepository(database),
    kinds: indexerKinds,
    openTools: () => {
      const { create, close } = needs.openHttp();
      return { createHttp: create, downloads, close };
    },
    seal: needs.sealer,
    audit: needs.audit,
    logger,
    configured: addressesOf(configuration),
  });
  needs.live.follow(['YTS_API_URL', 'TORZNAB_URLS', 'ARCHIVE_API_URL'], (settings) => {
    indexers.useConfigured(addressesOf(settings)).catch((error: unknown) => {
      logger.error({ err: error }, 'the indexers of the configuration were not taken over');
    });
  });
  const sourceRows = new SourceRepository(database);
  const searches = new SourceSearchRepository(database);
  const metadata = new TorrentMetadataService({
    storedTorrents: needs.storedTorrents,
    sources: sourceRows,
    findIndexer: (name) => indexers.findByName(name),
    swarm: createSwarmDescriber(needs.engine, needs.leases),
    logger,
  });
  const allowPrivate = configuration.TORRENT_ALLOW_PRIVATE_PEERS;
  const counts = new SwarmCounts({
    sources: sourceRows,
    scraper: new TrackerScraper({
      downloads,
      mayUseUdp: isOpen,
      mayAsk: (address) => allowPrivate || isPublicAddress(address),
      named: configuration.TORRENT_TRACKERS,
    }),
    trackers: configuration.TORRENT_TRACKERS,
    logger,
  });
  const lists = new MediaListRepository(database);
  const sources = new SourceService({
    indexers,
    sources: sourceRows,
    searches,
    described: metadata,
    cache: needs.cache,
    logger,
    isListed: (titleId) => lists.isOnAnyList(titleId),
    onViewed: ({ episode }, best) => {
      metadata.prepare(best, episode ?? null);
      counts.want(best);
    },
  });
  const jobs: Job[] = createSourceJobs({
    sources,
    sourceRows,
    searches,
    counts,
    findTitle: async ({ kind, titleId }) => {
      try {
        return (await needs.titles.getByKey({ kind, id: titleId })).wanted;
      } catch (error) {
        if (error instanceof NotFoundError) return null;
        throw error;
      }
    },
    listWanted: async (limit) => {
      if (limit <= 0) return [];
      const now = new Date();
      const films = await lists.listMoviesToSearch(now, limit);
      const episodes = await lists.listEpisodesToSearch(now, limit);
      // A film and an episode in turn, so that neither waits for all of the other.
      const keys = films.length > episodes.length ? films.map((_, at) => at) : episodes.map((_, at) => at);
      return keys
        .flatMap((at) => [
          { kind: 'movie' as const, titleId: films[at] },
          { kind: 'episode' as const, titleId: episodes[at] },
        ])
        .flatMap(({ kind, titleId }) => (titleId === undefined ? [] : [{ kind, titleId }]))
        .slice(0, limit);
    },
    now: () => new Date(),
  });
  return {
    indexers,
    sources,
    metadata,
    jobs,
    start: () => indexers.start(),
    stop: async () => {
      await metadata.stop();
      await counts.stop();
      await publicOnly.destroy();
      await needs.permitted.destroy();
      await indexers.stop();
    },
  };
}

/** By kind of indexer. */
function addressesOf({
  YTS_API_URL,
  TORZNAB_URLS,
  ARCHIVE_API_URL,
}: Pick<Configuration, 'YTS_API_URL' | 'TORZNAB_URLS' | 'ARCHIVE_API_URL'>) {
  return {
    yts: YTS_API_URL,
    torznab: TORZNAB_URLS,
    'internet-archive': ARCHIVE_API_URL === 'off' ? [] : [ARCHIVE_API_URL],
  };
}
