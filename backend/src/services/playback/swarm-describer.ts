import { AppError } from '../../errors/app-error.js';
import type { SwarmDescriber } from '../source/torrent-metadata.service.js';
import type { TorrentEngine } from '../torrent/torrent-engine.port.js';
import type { TorrentLeases } from './torrent-leases.js';

/** Learns a torrent's metadata from its swarm, sharing the swarm with whoever plays it. */
export function createSwarmDescriber(engine: TorrentEngine, leases: TorrentLeases): SwarmDescriber {
  return {
    async describe({ infoHash, announce }, { timeoutMs, signal }) {
      await leases.acquire({ infoHash, announce });
      try {
        await engine.waitForMetadata(infoHash, { timeoutMs, signal });
        return await engine.torrentFile(infoHash);
      } catch (error) {
        if (signal.aborted || (error instanceof AppError && error.code === 'metadata-timeout')) return null;
        throw error;
      } finally {
        leases.release(infoHash);
      }
    },
  };
}
