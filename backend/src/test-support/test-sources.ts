import type { Database } from '../database/database.js';
import { silentLogger } from '../logging/logger.js';
import { SourceRepository } from '../repositories/source.repository.js';
import { SourceSearchRepository } from '../repositories/source-search.repository.js';
import { StoredTorrentRepository } from '../repositories/stored-torrent.repository.js';
import type { Indexer, IndexerTools, TorrentDownloads } from '../services/source/indexer.port.js';
import { type IndexerDirectory, SourceService } from '../services/source/source.service.js';
import { TorrentMetadataService } from '../services/source/torrent-metadata.service.js';
import { Cache } from '../utils/cache/cache.js';
import { memoryStore } from '../utils/cache/memory-store.js';

export interface TestSourcesOptions {
  deadlineMs?: number;
  now?: () => Date;
}

/** These indexers, all of them on. */
export function directoryOf(indexers: readonly Indexer[], deadlineMs = 6_000): IndexerDirectory {
  return {
    listEnabled: () =>
      Promise.resolve(indexers.map((indexer) => ({ id: indexer.name, indexer, deadlineMs }))),
    notesOnOff: () => Promise.resolve([]),
    note: () => undefined,
  };
}

/** Searching, keeping and ranking sources, with these indexers. */
export function createTestSources(
  database: Database,
  indexers: readonly Indexer[],
  { deadlineMs, now = () => new Date() }: TestSourcesOptions = {},
) {
  const sources = new SourceRepository(database, now);
  const logger = silentLogger();
  const metadata = new TorrentMetadataService({
    storedTorrents: new StoredTorrentRepository(database, now),
    sources,
    findIndexer: (name) => Promise.resolve(indexers.find((indexer) => indexer.name === name) ?? null),
    swarm: { describe: () => Promise.resolve(null) },
    logger,
  });
  const service = new SourceService({
    indexers: directoryOf(indexers, deadlineMs),
    sources,
    searches: new SourceSearchRepository(database),
    described: metadata,
    cache: new Cache({ stores: [memoryStore({ maxEntries: 1_000 })], now: () => now().getTime() }),
    logger,
    now,
  });
  return { service, metadata, sources };
}

/** What an adapter is handed in tests: clients without patience, and no way out for downloads unless given. */
export function testTools(
  createHttp: IndexerTools['createHttp'],
  downloads?: TorrentDownloads,
): IndexerTools {
  const none: TorrentDownloads = {
    fetch: () => Promise.reject(new Error('nothing is fetched in this test')),
  };
  return { createHttp, downloads: downloads ?? none };
}
