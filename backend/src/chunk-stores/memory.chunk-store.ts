import { ChunkMissingError, ChunkStoreClosedError } from './chunk-store.errors.js';
import {
  type ChunkCallback,
  type ChunkPart,
  type ChunkStore,
  callBack,
  lengthOfChunk,
  readGetArguments,
  spanOf,
} from './chunk-store.js';
import type { MemoryPool, PooledChunk } from './memory-pool.js';

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
export class MemoryChunkStore implements ChunkStore {
  private readonly chunks = new Map<number, PooledChunk>();
  private readonly length: number;
  private closed = false;

  constructor(
    readonly chunkLength: number,
    private readonly options: MemoryChunkStoreOptions,
  ) {
    this.length = options.length ?? Infinity;
  }

  put(index: number, chunk: Uint8Array, callback?: ChunkCallback): void {
    callBack(
      this.answer(() => this.keep(index, chunk)),
      callback,
    );
  }

  get(
    index: number,
    part: ChunkPart | null | ChunkCallback<Uint8Array>,
    callback?: ChunkCallback<Uint8Array>,
  ): void {
    const wanted = readGetArguments(part, callback);
    callBack(
      this.answer(() => this.read(index, wanted.part)),
      wanted.callback,
    );
  }

  storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    const bits = new Uint8Array(Math.ceil(count / 8));
    for (const index of this.chunks.keys())
      if (index < count) bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7));
    return Promise.resolve({ bits, sameBoot: true });
  }

  forget(index: number): Promise<void> {
    const chunk = this.chunks.get(index);
    if (chunk) this.options.pool.remove(chunk);
    this.chunks.delete(index);
    return Promise.resolve();
  }

  close(callback?: ChunkCallback): void {
    callBack(
      this.answer(() => this.end()),
      callback,
    );
  }

  destroy(callback?: ChunkCallback): void {
    this.close(callback);
  }

  private keep(index: number, chunk: Uint8Array): undefined {
    const length = lengthOfChunk(index, this.chunkLength, this.length);
    if (chunk.length !== length) throw new Error(`Chunk ${index} must be ${length} bytes long`);
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

  private read(index: number, part: ChunkPart): Uint8Array {
    const { start, end } = spanOf(index, part, lengthOfChunk(index, this.chunkLength, this.length));
    const chunk = this.chunks.get(index);
    if (!chunk) throw new ChunkMissingError(index);
    this.options.pool.touch(chunk);
    return chunk.bytes.subarray(start, end);
  }

  private end(): undefined {
    this.closed = true;
    for (const chunk of this.chunks.values()) this.options.pool.remove(chunk);
    this.chunks.clear();
  }

  private answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.closed) throw new ChunkStoreClosedError();
      resolve(work());
    });
  }
}
