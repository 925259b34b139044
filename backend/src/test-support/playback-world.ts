import { silentLogger } from '../logging/logger.js';
import { StoredTorrentRepository } from '../repositories/stored-torrent.repository.js';
import { SwarmMemoryRepository } from '../repositories/swarm-memory.repository.js';
import { PlaybackGrants } from '../services/auth/playback-grants.js';
import type { RightsWatch } from '../services/auth/rights-watch.js';
import { createCatalogue } from '../services/media/catalogue.js';
import type { MediaService } from '../services/media/media.service.js';
import { OpenFilmsMetadataProvider } from '../services/media/open-films/open-films.metadata-provider.js';
import type { AdmittedPlay, PlayStorage } from '../services/playback/play-storage.port.js';
import { PlaybackService, type StartedPlayback } from '../services/playback/playback.service.js';
import { PlaybackResolver } from '../services/playback/playback-resolver.js';
import { TorrentLeases } from '../services/playback/torrent-leases.js';
import type { Indexer } from '../services/source/indexer.port.js';
import { defaultCapabilities } from '../services/source/source-score.js';
import { SourceTitles } from '../services/source/source-titles.js';
import { Cache } from '../utils/cache/cache.js';
import { memoryStore } from '../utils/cache/memory-store.js';
import { openTestDatabase } from './database.js';
import { liveRights } from './live-rights.js';
import { MemoryTorrentEngine, type SwarmFilm } from './memory-torrent-engine.js';
import { aSwarmFilm } from './swarm-film.js';
import { createTestSources } from './test-sources.js';

/** Plays, complete but for the swarm, which is in memory. */
export interface PlaybackWorld {
  playback: PlaybackService;
  media: MediaService;
  /** Of sessions that are all live until they are said to have ended. */
  rights: RightsWatch;
  engine: MemoryTorrentEngine;
  storedTorrents: StoredTorrentRepository;
  storage: RoomyStorage;
  film: SwarmFilm;
  clock: { now: number };
  /** Why torrent traffic must not leave. */
  pause: { reason: string | null };
  /** Plays the film (or another) by its magnet. */
  play: (film?: SwarmFilm) => Promise<StartedPlayback>;
  addFilm: (seed: string, length: number) => SwarmFilm;
  stop: () => Promise<void>;
}

/** Storage that always has room, and tells what it was asked. */
export class RoomyStorage implements PlayStorage {
  /** Info-hashes that play, as often as they do. */
  readonly playing: string[] = [];
  readonly admitted: (AdmittedPlay & { fileBytes: number })[] = [];
  /** Whether whole films have room. */
  hasRoomForAll = true;
  /** Thrown at the next film when set. */
  refusal: Error | null = null;

  enter(infoHash: string): Promise<void> {
    this.playing.push(infoHash);
    return Promise.resolve();
  }

  admit(play: AdmittedPlay, fileBytes: number): Promise<boolean> {
    this.admitted.push({ ...play, fileBytes });
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve(this.hasRoomForAll);
  }

  leave(infoHash: string): void {
    this.playing.splice(this.playing.indexOf(infoHash), 1);
  }
}

export const owner = { userId: 'user-1', sessionId: 'session-1' };

export async function startPlaybackWorld({
  length = 200_000,
  indexers = [],
}: {
  length?: number;
  indexers?: readonly Indexer[];
} = {}): Promise<PlaybackWorld> {
  const { database, dispose } = await openTestDatabase();
  const clock = { now: 1_000_000 };
  const film = aSwarmFilm('film', length);
  const engine = new MemoryTorrentEngine([film]);
  const logger = silentLogger();
  const cache = new Cache({ stores: [memoryStore({ maxEntries: 1000 })] });
  const storedTorrents = new StoredTorrentRepository(database);
  const { media, shows } = createCatalogue({
    provider: new OpenFilmsMetadataProvider(),
    database,
    cache,
    logger,
  });
  const { service: sources, metadata } = createTestSources(database, indexers);
  const leases = new TorrentLeases({
    engine,
    storedTorrents,
    memories: new SwarmMemoryRepository(database),
    trackers: ['http://tracker.example/announce'],
    logger,
    graceMs: 0,
  });
  const storage = new RoomyStorage();
  const pause: PlaybackWorld['pause'] = { reason: null };
  const rights = liveRights(logger);
  const playback = new PlaybackService({
    engine,
    rights,
    leases,
    resolver: new PlaybackResolver(new SourceTitles(media, shows), sources, metadata),
    storage,
    fetchesWhole: true,
    grants: new PlaybackGrants(
      () => [{ id: 'k1', key: Buffer.alloc(32, 7) }],
      () => Promise.resolve(true),
      () => clock.now,
    ),
    logger,
    answerWithinMs: 20,
    pauseReason: () => pause.reason,
    now: () => clock.now,
  });
  return {
    playback,
    rights,
    media,
    engine,
    storedTorrents,
    storage,
    film,
    clock,
    pause,
    play: (wanted = film) =>
      playback.play(
        owner,
        { kind: 'magnet', magnet: `magnet:?xt=urn:btih:${wanted.metadata.infoHash}` },
        defaultCapabilities,
      ),
    addFilm: (seed, filmLength) => {
      const added = aSwarmFilm(seed, filmLength);
      engine.learn(added);
      return added;
    },
    stop: async () => {
      playback.stop();
      await dispose();
    },
  };
}
