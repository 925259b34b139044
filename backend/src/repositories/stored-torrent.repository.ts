import type { Store } from '../database/store.js';
import { StoredTorrent } from '../entities/stored-torrent.entity.js';

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

  /** All of them without their .torrent files, latest used first. */
  list(): Promise<StoredTorrentSummary[]> {
    return this.store.reader.find(StoredTorrent, {
      select: { infoHash: true, name: true, length: true, lastUsedAt: true, pinnedAt: true },
      order: { lastUsedAt: 'DESC' },
    });
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
