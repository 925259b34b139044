import { rm } from 'node:fs/promises';
import type { ChunkStores } from '../../chunk-stores/chunk-stores.js';
import type { Logger } from '../../logging/logger.js';
import type { StoredTorrentRepository } from '../../repositories/stored-torrent.repository.js';
import type { TorrentEngine } from '../torrent/torrent-engine.port.js';
import type { EvictionStep } from './eviction-plan.js';
import type { StoredItem } from './storage-survey.js';
import { measureFolder } from './stored-folders.js';
import type { StoredPlays } from './stored-plays.js';
import { headBytes, tailBytes, trimTorrent } from './trim-torrent.js';

export interface RemovalOptions {
  stores: ChunkStores;
  engine: Pick<TorrentEngine, 'remove' | 'forgetPieces'>;
  storedTorrents: StoredTorrentRepository;
  logger: Logger;
}

/** Takes away what is stored: whole torrents, their middle, or single pieces of what plays. */
export class StoredRemoval {
  /** Torrents that are being removed; whoever wants to play one waits. */
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly options: RemovalOptions,
    private readonly plays: StoredPlays,
  ) {}

  /** Resolves when the torrent is not being removed, or not any more. */
  async settled(infoHash: string): Promise<void> {
    await this.running.get(infoHash);
  }

  /** Carries a plan out until `wantedBytes` are free; answers how many are. */
  async follow(
    plan: readonly EvictionStep[],
    items: readonly StoredItem[],
    wantedBytes: number,
  ): Promise<number> {
    const bytes = new Map(items.map((item) => [item.directory, item.bytes]));
    let freed = 0;
    for (const { directory, action } of plan) {
      if (freed >= wantedBytes) break;
      const item = items.find((candidate) => candidate.directory === directory);
      // Whoever came meanwhile keeps it.
      if (!item || (item.infoHash !== null && this.plays.has(item.infoHash))) continue;
      try {
        const left = await this.take(item, action);
        freed += Math.max(0, (bytes.get(directory) ?? 0) - left);
        bytes.set(directory, left);
      } catch (error) {
        this.options.logger.warn({ err: error, infoHash: item.infoHash }, 'could not remove what is stored');
      }
    }
    return freed;
  }

  /** Takes from what plays the pieces that nobody is watching, from the largest first; answers the bytes given back. */
  async thin(items: readonly StoredItem[], wantedBytes: number): Promise<number> {
    const { engine, logger } = this.options;
    let freed = 0;
    for (const { infoHash, isPinned } of [...items].sort((a, b) => b.bytes - a.bytes)) {
      if (freed >= wantedBytes) break;
      if (infoHash === null || isPinned || !this.plays.has(infoHash)) continue;
      const bytes = await engine
        .forgetPieces(infoHash, { bytes: wantedBytes - freed, headBytes, tailBytes })
        .catch((error: unknown) => {
          logger.warn({ err: error, infoHash }, 'could not give back pieces of what plays');
          return 0;
        });
      if (bytes > 0) logger.info({ infoHash, bytes }, 'making room in what plays');
      freed += bytes;
    }
    return freed;
  }

  /**
   * Takes one away; answers the bytes that are left of it here. `erase` makes room on this machine and takes nothing from
   * others who share it; `delete` does.
   */
  async take(
    { directory, infoHash }: StoredItem,
    action: EvictionStep['action'] | 'delete',
  ): Promise<number> {
    this.options.logger.info({ infoHash, action }, 'making room');
    if (infoHash === null) {
      await rm(directory, { recursive: true, force: true });
      return 0;
    }
    const removal = this.remove(infoHash, action);
    this.running.set(
      infoHash,
      removal.catch(() => undefined),
    );
    try {
      await removal;
    } finally {
      this.running.delete(infoHash);
    }
    return (await measureFolder(directory)).bytes;
  }

  private async remove(infoHash: string, action: EvictionStep['action'] | 'delete'): Promise<void> {
    const { engine, stores, storedTorrents } = this.options;
    const stored = action === 'trim' ? await storedTorrents.find(infoHash) : null;
    // Nobody plays it, but its swarm may not have been left yet.
    await engine.remove(infoHash);
    if (stored) await trimTorrent(stores, stored.torrentFile);
    else if (action === 'erase') await stores.release(infoHash);
    else if (action === 'delete') await stores.erase(infoHash);
  }
}
