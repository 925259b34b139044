import { TorrentRefusedError } from './torrent.errors.js';

const crashesToRefuse = 5;
const crashWindowMs = 60_000;

/** Which torrents the engine's process was busy with when it ended, and which are taken no more for it. */
export class CrashRecord {
  private readonly crashes = new Map<string, number[]>();
  private readonly refused = new Map<string, string>();

  /** Counts a crash against the torrent; true when it is the fifth within a minute, which sets it aside. */
  blame(infoHash: string): boolean {
    const now = performance.now();
    const recent = [...(this.crashes.get(infoHash) ?? []), now].filter((at) => now - at < crashWindowMs);
    this.crashes.set(infoHash, recent);
    if (recent.length < crashesToRefuse) return false;
    this.crashes.delete(infoHash);
    this.refused.set(infoHash, 'it stopped the torrent engine five times within a minute');
    return true;
  }

  /** Why the torrent is taken no more; null when it is. */
  refusalOf(infoHash: string): string | null {
    return this.refused.get(infoHash) ?? null;
  }

  /** @throws TorrentRefusedError for a torrent that is set aside */
  assertAccepted(infoHash: string): void {
    const reason = this.refusalOf(infoHash);
    if (reason !== null) throw new TorrentRefusedError(reason);
  }
}
