import type { Store } from '../database/store.js';
import { TorrentUse } from '../entities/torrent-use.entity.js';
import { User } from '../entities/user.entity.js';

/** A use with the name of who it was. */
export type NamedTorrentUse = Pick<TorrentUse, 'infoHash' | 'title' | 'mediaId' | 'lastUsedAt'> & {
  username: string;
};

/** Info-hashes in one statement. */
const batchSize = 500;

export class TorrentUseRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Notes that the user plays it now. An account that has just gone is no error. */
  async record(use: Pick<TorrentUse, 'infoHash' | 'userId' | 'title' | 'mediaId'>): Promise<void> {
    const row = { ...use, title: use.title.slice(0, 512), lastUsedAt: this.now() };
    await this.store.write(async (manager) => {
      if (!(await manager.existsBy(User, { id: use.userId }))) return;
      await manager.upsert(TorrentUse, row, ['infoHash', 'userId']);
    });
  }

  /** Latest first. */
  async list(infoHashes: readonly string[]): Promise<NamedTorrentUse[]> {
    const uses: NamedTorrentUse[] = [];
    for (let at = 0; at < infoHashes.length; at += batchSize) {
      const found = await this.store.reader
        .createQueryBuilder(TorrentUse, 'torrentUse')
        .innerJoinAndSelect('torrentUse.user', 'user')
        .where('torrentUse.infoHash IN (:...hashes)', { hashes: infoHashes.slice(at, at + batchSize) })
        .getMany();
      for (const { infoHash, title, mediaId, lastUsedAt, user } of found)
        uses.push({ infoHash, title, mediaId, lastUsedAt, username: user?.username ?? '' });
    }
    return uses.sort((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
  }

  async deleteOf(infoHash: string): Promise<void> {
    await this.store.write((manager) => manager.delete(TorrentUse, { infoHash }));
  }
}
