import type { Logger } from '../../logging/logger.js';
import type { StoredTorrentRepository } from '../../repositories/stored-torrent.repository.js';
import type { SwarmMemoryRepository } from '../../repositories/swarm-memory.repository.js';
import type { TorrentEngine, TorrentMetadata } from '../torrent/torrent-engine.port.js';
import { parseTorrentFile } from '../torrent/torrent-file.js';

/** A torrent somebody wants to play, as a source, a magnet or a .torrent file names it. */
export interface WantedTorrent {
  infoHash: string;
  /** Trackers the magnet or .torrent file names. */
  announce: readonly string[];
  /** Servers that keep its files (BEP 19), besides those its .torrent file names. */
  webSeeds?: readonly string[];
  /** Validated .torrent bytes, when we were given them. */
  torrentFile?: Uint8Array;
}

export interface TorrentLeasesOptions {
  engine: TorrentEngine;
  storedTorrents: StoredTorrentRepository;
  /** Peers that served well, for the next time. */
  memories: SwarmMemoryRepository;
  /** Asked for every torrent that is not private (BEP 27). */
  trackers: readonly string[];
  logger: Logger;
  /** How long a torrent nobody plays stays in its swarm, so that coming back is instant. Milliseconds. */
  graceMs?: number;
}

/**
 * Who holds which torrent. The swarm is joined with the first lease and left a while after the last one,
 * so that several plays of one film share it.
 */
export class TorrentLeases {
  private readonly holders = new Map<string, number>();
  private readonly leaving = new Map<string, NodeJS.Timeout>();
  private readonly graceMs: number;
  private trackers: readonly string[];

  constructor(private readonly options: TorrentLeasesOptions) {
    this.graceMs = options.graceMs ?? 30_000;
    this.trackers = options.trackers;
  }

  /** Asked for every torrent that is joined from now on. */
  useTrackers(trackers: readonly string[]): void {
    this.trackers = trackers;
  }

  /** Joins the swarm, or shares in it. What we keep of the torrent from an earlier play saves the exchange of metadata. */
  async acquire(wanted: WantedTorrent): Promise<void> {
    const { infoHash } = wanted;
    clearTimeout(this.leaving.get(infoHash));
    this.leaving.delete(infoHash);
    this.holders.set(infoHash, (this.holders.get(infoHash) ?? 0) + 1);
    try {
      const torrentFile = wanted.torrentFile ?? (await this.kept(infoHash));
      const peers = await this.options.memories.listPeers(infoHash);
      const isPrivate = torrentFile !== undefined && parseTorrentFile(torrentFile).metadata.isPrivate;
      await this.options.engine.add({
        infoHash,
        ...(torrentFile && { torrentFile }),
        ...(peers.length > 0 && !isPrivate && { peers }),
        ...(wanted.webSeeds && wanted.webSeeds.length > 0 && { webSeeds: wanted.webSeeds }),
        announce: [...new Set([...wanted.announce, ...(isPrivate ? [] : this.trackers)])],
      });
    } catch (error) {
      this.release(infoHash);
      throw error;
    }
  }

  /** Gives one lease back. */
  release(infoHash: string): void {
    const left = (this.holders.get(infoHash) ?? 1) - 1;
    if (left > 0) {
      this.holders.set(infoHash, left);
      return;
    }
    this.holders.delete(infoHash);
    const timer = setTimeout(() => void this.leave(infoHash), this.graceMs);
    timer.unref();
    this.leaving.set(infoHash, timer);
  }

  /** Keeps what is now known of the torrent, for the next play. */
  async remember(metadata: TorrentMetadata): Promise<void> {
    const torrentFile = await this.options.engine.torrentFile(metadata.infoHash);
    if (!torrentFile) return;
    await this.options.storedTorrents.save({
      infoHash: metadata.infoHash,
      name: metadata.name,
      length: metadata.length,
      torrentFile,
    });
  }

  stop(): void {
    for (const timer of this.leaving.values()) clearTimeout(timer);
    this.leaving.clear();
  }

  private async leave(infoHash: string): Promise<void> {
    this.leaving.delete(infoHash);
    if (this.holders.has(infoHash)) return;
    const { engine, memories, logger } = this.options;
    await engine
      .goodPeers(infoHash)
      .then((peers) => memories.save(infoHash, peers))
      .catch((error: unknown) => logger.warn({ err: error, infoHash }, 'peers not remembered'));
    if (this.holders.has(infoHash)) return;
    try {
      await engine.remove(infoHash);
    } catch (error) {
      logger.warn({ err: error, infoHash }, 'could not leave the swarm');
    }
  }

  private async kept(infoHash: string): Promise<Uint8Array | undefined> {
    const stored = await this.options.storedTorrents.find(infoHash);
    return stored?.torrentFile;
  }
}
