import type { Logger } from '../logging/logger.js';
import { StoredTorrentRepository } from '../repositories/stored-torrent.repository.js';
import { SwarmMemoryRepository } from '../repositories/swarm-memory.repository.js';
import { PlaybackIntents } from '../services/playback/playback-intents.js';
import type { PlaybackResolver } from '../services/playback/playback-resolver.js';
import { TorrentLeases } from '../services/playback/torrent-leases.js';
import { openTestDatabase } from './database.js';
import { liveRights } from './live-rights.js';
import { MemoryTorrentEngine } from './memory-torrent-engine.js';
import { RoomyStorage } from './playback-world.js';
import { aSwarmFilm } from './swarm-film.js';

/** Titles made ready, complete but for the swarm, and with a resolver that knows one film. */
export interface WarmWorld {
  intents: PlaybackIntents;
  engine: MemoryTorrentEngine;
  storage: RoomyStorage;
  infoHash: string;
  /** Whether somebody who plays waits. */
  waiting: boolean;
  stop: () => Promise<void>;
}

export async function openWarmWorld({ logger }: { logger: Logger }): Promise<WarmWorld> {
  const { database, dispose } = await openTestDatabase();
  const film = aSwarmFilm('film', 200_000);
  const engine = new MemoryTorrentEngine([film]);
  const storage = new RoomyStorage();
  const { infoHash } = film.metadata;
  const resolver: Pick<PlaybackResolver, 'resolve'> = {
    resolve: () =>
      Promise.resolve({
        torrent: { infoHash, announce: [] },
        title: 'Film',
        mediaId: 'movie',
        place: null,
        episode: null,
        fileIndex: undefined,
        metadata: null,
        durationSeconds: null,
        source: null,
        reasons: [],
      }),
  };
  const leases = new TorrentLeases({
    engine,
    storedTorrents: new StoredTorrentRepository(database),
    memories: new SwarmMemoryRepository(database),
    trackers: [],
    logger,
    graceMs: 0,
  });
  const world: WarmWorld = {
    intents: new PlaybackIntents({
      engine,
      rights: liveRights(logger),
      leases,
      resolver,
      storage,
      logger,
      isAnyoneWaiting: () => world.waiting,
      headBytes: 40_000,
      tailBytes: 20_000,
    }),
    engine,
    storage,
    infoHash,
    waiting: false,
    stop: async () => {
      world.intents.stop();
      leases.stop();
      await dispose();
    },
  };
  return world;
}
