import { ChunkMissingError } from '../../chunk-stores/chunk-store.errors.js';
import { type ChunkStore, closeStore, getChunk, putChunk } from '../../chunk-stores/chunk-store.js';
import type { ChunkStores } from '../../chunk-stores/chunk-stores.js';
import { choosePlayableFile } from '../torrent/playable-file.js';
import type { TorrentFile, TorrentMetadata } from '../torrent/torrent-engine.port.js';
import { parseTorrentFile } from '../torrent/torrent-file.js';

/** The first bytes of a film, with which it starts. */
export const headBytes = 6 << 20;
/** The last ones: some containers keep their index there. */
export const tailBytes = 2 << 20;

/** What is left of a trimmed title, about. */
export const trimmedBytes = headBytes + tailBytes;

/**
 * Removes all but the pieces at the head and the tail of the film. Nobody may have the torrent open. Where single pieces
 * cannot be given back and it is interrupted, those may go too.
 */
export async function trimTorrent(stores: ChunkStores, torrentFile: Uint8Array): Promise<void> {
  const { metadata } = parseTorrentFile(torrentFile);
  const { infoHash, pieceLength, length, files } = metadata;
  const wanted = { infoHash, chunkLength: pieceLength, length, files };
  const ends = headAndTail(metadata, choosePlayableFile(metadata));
  if (await stores.canEvict()) {
    const pieces = Array.from({ length: Math.ceil(length / pieceLength) }, (_, piece) => piece);
    await using(stores.create(wanted), async (store) => {
      await store.evict(pieces.filter((piece) => !ends.has(piece)));
    });
    return;
  }
  const kept: [number, Uint8Array][] = [];
  await using(stores.create(wanted), async (store) => {
    const { bits } = await store.storedChunks(Math.ceil(length / pieceLength));
    for (const piece of ends) {
      if (((bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) === 0) continue;
      const chunk = await chunkIfWhole(store, piece);
      if (chunk) kept.push([piece, chunk]);
    }
  });
  await stores.release(infoHash);
  await using(stores.create(wanted), async (store) => {
    for (const [piece, chunk] of kept) await putChunk(store, piece, chunk);
  });
}

function headAndTail({ pieceLength }: TorrentMetadata, { offset, length }: TorrentFile): Set<number> {
  const end = offset + length;
  const pieces = new Set<number>();
  const addRange = (from: number, to: number) => {
    for (let piece = Math.floor(from / pieceLength); piece * pieceLength < to; piece += 1) pieces.add(piece);
  };
  addRange(offset, Math.min(end, offset + headBytes));
  addRange(Math.max(offset, end - tailBytes), end);
  return pieces;
}

async function chunkIfWhole(store: ChunkStore, piece: number): Promise<Uint8Array | null> {
  try {
    return await getChunk(store, piece);
  } catch (error) {
    if (error instanceof ChunkMissingError) return null;
    throw error;
  }
}

async function using(store: ChunkStore, work: (store: ChunkStore) => Promise<void>): Promise<void> {
  try {
    await work(store);
  } finally {
    await closeStore(store);
  }
}
