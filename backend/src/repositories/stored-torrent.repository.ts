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
    };
    await this.store.write(async (manager) => {
      const known = await manager.existsBy(StoredTorrent, { infoHash: torrent.infoHash });
      if (!known) return manager.insert(StoredTorrent, row);
      const { createdAt: _, ...changes } = row;
      return manager.update(StoredTorrent, { infoHash: torrent.infoHash }, changes);
    });
  }

  /** Marks it as used now. */
  async touch(infoHash: string): Promise<void> {
    await this.store.write((manager) =>
      manager.update(StoredTorrent, { infoHash }, { lastUsedAt: this.now() }),
    );
  }
}
