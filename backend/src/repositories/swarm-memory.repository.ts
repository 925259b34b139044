import { LessThan } from 'typeorm';
import type { Store } from '../database/store.js';
import { SwarmMemory } from '../entities/swarm-memory.entity.js';

/** Peers of one torrent. */
const maxPeers = 30;
/** Torrents remembered; the oldest go. */
const maxMemories = 2_000;
/** Peers move, and addresses of strangers are kept no longer than they are of use. */
const maxAgeMs = 14 * 24 * 60 * 60_000;

export class SwarmMemoryRepository {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** `host:port`, best first; empty when nothing is remembered or it is older than two weeks. */
  async listPeers(infoHash: string): Promise<string[]> {
    const memory = await this.store.reader.findOneBy(SwarmMemory, { infoHash });
    if (!memory || memory.savedAt < this.oldest()) return [];
    return memory.peers.split(' ');
  }

  /** Remembers these instead of what was remembered, and forgets what is old or too much. */
  async save(infoHash: string, peers: readonly string[]): Promise<void> {
    if (peers.length === 0) return;
    const row = { infoHash, peers: peers.slice(0, maxPeers).join(' '), savedAt: this.now() };
    await this.store.write(async (manager) => {
      await manager.upsert(SwarmMemory, row, ['infoHash']);
      await manager.delete(SwarmMemory, { savedAt: LessThan(this.oldest()) });
      const surplus = await manager.find(SwarmMemory, {
        select: { infoHash: true },
        order: { savedAt: 'DESC', infoHash: 'ASC' },
        skip: maxMemories,
        take: 100,
      });
      for (const { infoHash: old } of surplus) await manager.delete(SwarmMemory, { infoHash: old });
    });
  }

  private oldest(): Date {
    return new Date(this.now().getTime() - maxAgeMs);
  }
}
