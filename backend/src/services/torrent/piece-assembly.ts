import { PieceBuffer } from './piece-buffer.js';
import type { PieceMemory } from './piece-memory.js';
import type { TorrentGeometry } from './scheduler/torrent-geometry.js';

/** Puts the blocks of one torrent together to pieces. */
export class PieceAssembly {
  private readonly buffers = new Map<number, PieceBuffer>();

  /** `hashes`: the SHA-1 sums of the pieces, 20 bytes each. */
  constructor(
    private readonly geometry: TorrentGeometry,
    private readonly hashes: Uint8Array,
    private readonly memory: PieceMemory,
  ) {}

  /** Bytes of partial pieces held. */
  get heldBytes(): number {
    let sum = 0;
    for (const { bytes } of this.buffers.values()) sum += bytes.length;
    return sum;
  }

  /** Takes a block on the grid that is not here yet. */
  take(piece: number, offset: number, block: Uint8Array): void {
    let buffer = this.buffers.get(piece);
    if (!buffer) {
      buffer = new PieceBuffer(this.memory.take(this.geometry.pieceSize(piece)));
      this.buffers.set(piece, buffer);
    }
    buffer.take(offset, block);
  }

  /** Lets go of a piece of which every block is here; null when it is not what it should be. */
  finish(piece: number): Uint8Array | null {
    const buffer = this.buffers.get(piece);
    this.buffers.delete(piece);
    if (buffer?.matches(this.hashes.subarray(piece * 20, piece * 20 + 20))) return buffer.bytes;
    if (buffer) this.memory.giveBack(buffer.bytes);
    return null;
  }

  /** Gives a partial piece up. */
  drop(piece: number): void {
    const buffer = this.buffers.get(piece);
    this.buffers.delete(piece);
    if (buffer) this.memory.giveBack(buffer.bytes);
  }

  clear(): void {
    this.buffers.clear();
  }
}
