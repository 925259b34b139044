import path from 'node:path';
import type { ChunkStores } from '../../chunk-stores/chunk-stores.js';
import type {
  StoredTorrentRepository,
  StoredTorrentSummary,
} from '../../repositories/stored-torrent.repository.js';
import type { EvictionCandidate } from './eviction-plan.js';
import { freeDiskBytes, listStoredFolders, type StoredFolder } from './stored-folders.js';
import type { StoredPlays } from './stored-plays.js';

/** Something stored, and what is known of it. */
export interface StoredItem extends StoredFolder, EvictionCandidate {
  /** The info-hash; the folder's name when no torrent is known that belongs to it. */
  id: string;
  torrent: StoredTorrentSummary | null;
}

/** What is stored at this moment. */
export interface StorageSurvey {
  items: StoredItem[];
  totalBytes: number;
  freeBytes: number;
}

export interface SurveyOptions {
  /** Where the chunk stores keep everything. */
  root: string;
  stores: ChunkStores;
  storedTorrents: StoredTorrentRepository;
  /** Bytes the disk has left. */
  freeBytes?: () => Promise<number>;
}

/** Everything stored, at this moment: what lies on the disk, which torrent it belongs to, who plays it. */
export async function surveyStorage(
  { root, stores, storedTorrents, freeBytes }: SurveyOptions,
  plays: StoredPlays,
): Promise<StorageSurvey> {
  const [folders, free] = await Promise.all([listStoredFolders(root), freeBytes?.() ?? freeDiskBytes(root)]);
  const infoHashes = folders.map(({ directory }) => stores.infoHashOf(directory));
  // Of all that were ever played only what is still here matters; opaque names are found by trying all.
  const torrents = await storedTorrents.list(
    infoHashes.includes(null) ? undefined : infoHashes.flatMap((infoHash) => infoHash ?? []),
  );
  const byDirectory = new Map(torrents.map((torrent) => [stores.directoryOf(torrent.infoHash), torrent]));
  // A torrent that plays may not be written down yet.
  const playing = new Map([...plays.infoHashes].map((infoHash) => [stores.directoryOf(infoHash), infoHash]));
  const items = folders.map((folder): StoredItem => {
    const torrent = byDirectory.get(folder.directory) ?? null;
    const infoHash = torrent?.infoHash ?? playing.get(folder.directory) ?? null;
    return {
      ...folder,
      id: infoHash ?? path.basename(folder.directory),
      torrent,
      infoHash,
      lastUsedAt: torrent?.lastUsedAt.getTime() ?? 0,
      isPinned: (torrent?.pinnedAt ?? null) !== null,
      isPlaying: infoHash !== null && plays.has(infoHash),
    };
  });
  return { items, totalBytes: items.reduce((sum, { bytes }) => sum + bytes, 0), freeBytes: free };
}
