import { ChunkStoreFullError } from './chunk-store.errors.js';

/** A chunk in memory, and what its store says of it. */
export interface PooledChunk {
  readonly bytes: Uint8Array;
  /** Whether somebody waits for it, so that it has to stay. */
  isWanted(): boolean;
  /** It has gone, to make room. */
  evicted(): void;
}

/** Memory that all stores of one process share, bounded in bytes; the least recently used chunk goes first. */
export class MemoryPool {
  /** Least recently used first. */
  private readonly chunks = new Set<PooledChunk>();
  private used = 0;

  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.used;
  }

  /** Makes room and takes it. Throws `ChunkStoreFullError`, and evicts nothing, when what is wanted leaves no room. */
  add(chunk: PooledChunk): void {
    const going: PooledChunk[] = [];
    let excess = this.used + chunk.bytes.length - this.maxBytes;
    for (const candidate of this.chunks) {
      if (excess <= 0) break;
      if (candidate.isWanted()) continue;
      going.push(candidate);
      excess -= candidate.bytes.length;
    }
    if (excess > 0) throw new ChunkStoreFullError();
    for (const candidate of going) {
      this.remove(candidate);
      candidate.evicted();
    }
    this.chunks.add(chunk);
    this.used += chunk.bytes.length;
  }

  /** It was used just now. */
  touch(chunk: PooledChunk): void {
    if (this.chunks.delete(chunk)) this.chunks.add(chunk);
  }

  remove(chunk: PooledChunk): void {
    if (this.chunks.delete(chunk)) this.used -= chunk.bytes.length;
  }
}
