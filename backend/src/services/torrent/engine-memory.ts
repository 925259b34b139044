import { writeFile } from 'node:fs/promises';
import type { ChunkStoreSettings } from '../../chunk-stores/chunk-store-settings.js';

/** Resident bytes of the engine's process beside what its store may keep in memory; streams of a full house take a quarter of it. */
const ownBytes = 1.5 * 1024 * 1024 * 1024;
const softShare = 0.7;

export interface MemoryCeiling {
  /** From here on no torrent is joined that is not joined yet. */
  softBytes: number;
  /** Here the process is ended, and started again with what is left of its torrents. */
  hardBytes: number;
}

export function memoryCeiling(store: ChunkStoreSettings): MemoryCeiling {
  const ofStore = store.kind === 'memory' ? store.maxBytes : 'memoryBytes' in store ? store.memoryBytes : 0;
  return { softBytes: ownBytes * softShare + ofStore, hardBytes: ownBytes + ofStore };
}

/** Asks Linux to end this process first when the machine has no memory left. Elsewhere, and where it may not, nothing happens. */
export async function goFirst(): Promise<void> {
  await writeFile('/proc/self/oom_score_adj', '500').catch(() => undefined);
}
