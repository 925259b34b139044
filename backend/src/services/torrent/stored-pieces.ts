import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { closeStore, getChunk } from '../../chunk-stores/chunk-store.js';
import type { ChunkStores } from '../../chunk-stores/chunk-stores.js';
import type { TorrentMetadata } from './torrent-engine.port.js';

/**
 * Which pieces of a torrent are stored, one bit each. After the end of a process what the store wrote down is
 * believed (the library checks a sample of it again); after the end of the machine every such piece is hashed.
 * `hashes` are the 20-byte SHA-1 sums, one after the other.
 */
export async function findStoredPieces(
  stores: ChunkStores,
  metadata: TorrentMetadata,
  hashes: Uint8Array,
): Promise<Uint8Array> {
  const { infoHash, pieceLength, files, length } = metadata;
  const isIntact = (piece: number, chunk: Uint8Array) => hasHash(hashes, piece, chunk);
  // A store of two tiers mends what is damaged in one of them when it can tell.
  const store = stores.create({ infoHash, chunkLength: pieceLength, files, length, isIntact });
  try {
    const pieces = Math.ceil(length / pieceLength);
    const { bits, sameBoot } = await store.storedChunks(pieces);
    if (sameBoot) return bits;
    for (let piece = 0; piece < pieces; piece += 1) {
      const mask = 0x80 >> (piece & 7);
      const byte = bits[piece >> 3] ?? 0;
      if ((byte & mask) === 0) continue;
      // A heartbeat must get through between two pieces.
      await setImmediate();
      const chunk = await getChunk(store, piece).catch(() => null);
      if (chunk && isIntact(piece, chunk)) continue;
      bits[piece >> 3] = byte & ~mask;
      await store.forget(piece);
    }
    await store.confirmStored();
    return bits;
  } finally {
    await closeStore(store);
  }
}

/** Whether a piece has the SHA-1 sum that the torrent gives it; `hashes` are all sums, one after the other. */
export function hasHash(hashes: Uint8Array, piece: number, chunk: Uint8Array): boolean {
  return createHash('sha1')
    .update(chunk)
    .digest()
    .equals(hashes.subarray(piece * 20, piece * 20 + 20));
}
