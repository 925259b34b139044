import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type ChunkStore, closeStore, getChunk } from '../../chunk-stores/chunk-store.js';
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
  const store = stores.create({ infoHash, chunkLength: pieceLength, files, length });
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
      if (await isIntact(store, piece, hashes)) continue;
      bits[piece >> 3] = byte & ~mask;
      await store.forget(piece);
    }
    return bits;
  } finally {
    await closeStore(store);
  }
}

async function isIntact(store: ChunkStore, piece: number, hashes: Uint8Array): Promise<boolean> {
  const chunk = await getChunk(store, piece).catch(() => null);
  if (!chunk) return false;
  return createHash('sha1')
    .update(chunk)
    .digest()
    .equals(hashes.subarray(piece * 20, piece * 20 + 20));
}
