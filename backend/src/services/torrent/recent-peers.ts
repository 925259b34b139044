import type { EngineConnection } from './engine-connection.js';

/**
 * Peers that serve well, asked for now and then: when the engine's process is killed it is too late to ask. The next one
 * dials them at once, whether or not a tracker answers.
 */
export class RecentPeers {
  private readonly peers = new Map<string, readonly string[]>();

  /** @param everyMs how often they are asked for, milliseconds */
  constructor(private readonly everyMs = 3_000) {}

  /** Asks this process, as long as it lives. */
  follow(connection: EngineConnection, infoHashes: () => Iterable<string>): void {
    const timer = setInterval(() => {
      for (const infoHash of infoHashes()) void this.look(connection, infoHash);
    }, this.everyMs);
    timer.unref();
    void connection.ended.then(() => clearInterval(timer));
  }

  /** Best first; none while none is known. */
  of(infoHash: string): readonly string[] {
    return this.peers.get(infoHash) ?? [];
  }

  forget(infoHash: string): void {
    this.peers.delete(infoHash);
  }

  private async look(connection: EngineConnection, infoHash: string): Promise<void> {
    try {
      const peers = await connection.call('goodPeers', { infoHash });
      // A swarm that is silent for a while is no reason to forget who was good.
      if (peers.length > 0) this.peers.set(infoHash, peers);
    } catch {
      // The process has ended; the last answer stands.
    }
  }
}
