import { ChunkMissingError } from './chunk-store.errors.js';
import type { MemoryPool, PooledChunk } from './memory-pool.js';
import { bitsOf, type ChunkSpan, type KnownChunk, PromisedChunkStore } from './promised.chunk-store.js';

export interface MemoryChunkStoreOptions {
  /** Shared with the other stores of the process. */
  pool: MemoryPool;
  /** Bytes of all chunks; endless when left out. */
  length?: number;
  /** Chunks that somebody waits for or is about to read: these are never evicted. */
  isWanted?: (index: number) => boolean;
  /** Told of each chunk that went to make room; it has to be fetched again when it is wanted. */
  onEvicted?: (index: number) => void;
}

/**
 * Keeps chunks in memory, within the bytes of the pool. A new chunk takes the place of those used longest ago that
 * nobody wants, of whichever torrent; when all are wanted it is refused with `ChunkStoreFullError`, which holds the swarm
 * back to the pace of the readers. Nothing outlives closing.
 */
export class MemoryChunkStore extends PromisedChunkStore {
  private readonly chunks = new Map<number, PooledChunk>();

  constructor(
    chunkLength: number,
    private readonly options: MemoryChunkStoreOptions,
  ) {
    super(chunkLength, options.length);
  }

  storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    return Promise.resolve({ bits: bitsOf(this.chunks.keys(), count), sameBoot: true });
  }

  forget(index: number): Promise<void> {
    this.remove([index]);
    return Promise.resolve();
  }

  evict(indexes: readonly number[]): Promise<readonly number[]> {
    this.remove(indexes);
    return Promise.resolve(indexes);
  }

  protected write({ index }: KnownChunk, chunk: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.keep(index, chunk);
      resolve();
    });
  }

  protected read({ index }: KnownChunk, { start, end }: ChunkSpan): Promise<Uint8Array> {
    const chunk = this.chunks.get(index);
    if (!chunk) return Promise.reject(new ChunkMissingError(index));
    this.options.pool.touch(chunk);
    return Promise.resolve(chunk.bytes.subarray(start, end));
  }

  protected end(): Promise<void> {
    this.remove([...this.chunks.keys()]);
    return Promise.resolve();
  }

  private remove(indexes: readonly number[]): void {
    for (const index of indexes) {
      const chunk = this.chunks.get(index);
      if (chunk) this.options.pool.remove(chunk);
      this.chunks.delete(index);
    }
  }

  private keep(index: number, chunk: Uint8Array): void {
    const entry: PooledChunk = {
      // A slice would keep all of what it was cut from, which nobody counts.
      bytes: chunk.byteLength === chunk.buffer.byteLength ? chunk : Uint8Array.from(chunk),
      isWanted: () => this.options.isWanted?.(index) ?? false,
      evicted: () => {
        this.chunks.delete(index);
        this.options.onEvicted?.(index);
      },
    };
    const earlier = this.chunks.get(index);
    if (earlier) this.options.pool.remove(earlier);
    this.chunks.delete(index);
    this.options.pool.add(entry);
    this.chunks.set(index, entry);
  }
}
