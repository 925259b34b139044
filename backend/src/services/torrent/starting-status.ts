import type { TorrentStatus } from './torrent-engine.port.js';

/** What can be said of a torrent while the engine's process is away. */
export function startingStatus(infoHash: string): TorrentStatus {
  return {
    infoHash,
    stage: 'starting',
    failure: null,
    peers: 0,
    kinds: { seeders: 0, willing: 0, silent: 0, incoming: 0 },
    webSeeds: 0,
    webSeedTrouble: null,
    unstoredBytes: 0,
    lateMs: 0,
    peersKnown: 0,
    trackerWarning: null,
    downloadBytesPerSecond: 0,
    uploadBytesPerSecond: 0,
    storageTrouble: null,
    metadata: null,
  };
}
