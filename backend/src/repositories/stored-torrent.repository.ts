import { In } from 'typeorm';
import type { Store } from '../database/store.js';
import { StoredTorrent } from '../entities/stored-torrent.entity.js';

/** Info-hashes in one statement. */
const batchSize = 500;

export class StoredTorrentRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  find(infoHash: string): Promise<StoredTorrent | null> {
    return this.store.reader.findOneBy(StoredTorrent, { infoHash });
  }

  /** Keeps it, or replaces what was kept under the info-hash. */
  async save(torrent: Pick<StoredTorrent, 'infoHash' | 'name' | 'torrentFile' | 'length'>): Promise<void> {
    const now = this.now();
    const row = {
      ...torrent,
      torrentFile: Buffer.from(torrent.torrentFile),
      lastUsedAt: now,
      createdAt: now,
      pinnedAt: null,
    };
    await this.store.write(async (manager) => {
      const known = await manager.existsBy(StoredTorrent, { infoHash: torrent.infoHash });
      if (!known) return manager.insert(StoredTorrent, row);
      const { createdAt: _, pinnedAt: __, ...changes } = row;
      return manager.update(StoredTorrent, { infoHash: torrent.infoHash }, changes);
    });
  }

  /** Marks it as used now. */
  async touch(infoHash: string): Promise<void> {
    await this.store.write((manager) =>
      manager.update(StoredTorrent, { infoHash }, { lastUsedAt: this.now() }),
    );
  }

  /** Without their .torrent files: all of them, or those of the given info-hashes that are known. */
  async list(infoHashes?: readonly string[]): Promise<StoredTorrentSummary[]> {
    const select = { infoHash: true, name: true, length: true, lastUsedAt: true, pinnedAt: true } as const;
    const { reader } = this.store;
    if (!infoHashes) return reader.find(StoredTorrent, { select, order: { infoHash: 'ASC' } });
    const found: StoredTorrentSummary[] = [];
    for (let at = 0; at < infoHashes.length; at += batchSize) {
      const batch = In(infoHashes.slice(at, at + batchSize));
      found.push(...(await reader.find(StoredTorrent, { select, where: { infoHash: batch } })));
    }
    return found;
  }

  /** Pins or unpins it; false when it is not known. Pinning what is pinned changes nothing. */
  setPinned(infoHash: string, pinned: boolean): Promise<boolean> {
    return this.store.write(async (manager) => {
      const torrent = await manager.findOne(StoredTorrent, {
        select: { infoHash: true, pinnedAt: true },
        where: { infoHash },
      });
      if (!torrent) return false;
      if ((torrent.pinnedAt !== null) !== pinned)
        await manager.update(StoredTorrent, { infoHash }, { pinnedAt: pinned ? this.now() : null });
      return true;
    });
  }

  async delete(infoHash: string): Promise<void> {
    await this.store.write((manager) => manager.delete(StoredTorrent, { infoHash }));
  }
}

export type StoredTorrentSummary = Pick<
  StoredTorrent,
  'infoHash' | 'name' | 'length' | 'lastUsedAt' | 'pinnedAt'
>;
