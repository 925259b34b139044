import { ChunkMissingError, ChunkStoreClosedError } from './chunk-store.errors.js';
import {
  type ChunkCallback,
  type ChunkPart,
  type ChunkStore,
  callBack,
  closeStore,
  destroyStore,
  getChunk,
  lengthOfChunk,
  putChunk,
  readGetArguments,
  spanOf,
} from './chunk-store.js';

export interface TieredChunkStoreOptions {
  /** Quick; may evict or refuse what it is given. */
  upper: ChunkStore;
  /** Slower; what it has counts. */
  lower: ChunkStore;
  /** Bytes of all chunks; endless when left out. */
  length?: number;
  /**
   * Bytes that may wait for the lower store while the upper one has already taken them. 0, unless given: a put is done
   * when the lower store says so. More only over an upper store that keeps what it takes.
   */
  maxBehindBytes?: number;
  /**
   * When a chunk that only the lower store has is read whole, to be put into the upper one, though a part was asked for:
   * `in-order` (unless given) when parts of it are read one after the other, `always` where a call costs more than bytes.
   */
  readWhole?: 'in-order' | 'always';
  /** A chunk that waited could not be put into the lower store; the upper one has it. */
  onLeftBehind?: (index: number, error: Error) => void;
}

/** Chunks of which the end of the last read is remembered. */
const maxRemembered = 256;

/**
 * One store over another: writes go to both, reads come from the upper one where it has the chunk. What only the lower
 * one has is put into the upper one when it is read as a whole or in order; reads here and there pass through,
 * since reading megabytes for each of them would cost far more than it saves. A chunk is read once for all who ask
 * meanwhile. Stores of stores make more than two tiers.
 */
export class TieredChunkStore implements ChunkStore {
  private readonly length: number;
  private readonly maxBehindBytes: number;
  private behindBytes = 0;
  private readonly fetching = new Map<number, Promise<Uint8Array>>();
  /** Where the last read of a chunk ended, oldest first. */
  private readonly lastEnds = new Map<number, number>();
  private readonly running = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    readonly chunkLength: number,
    private readonly options: TieredChunkStoreOptions,
  ) {
    this.length = options.length ?? Infinity;
    this.maxBehindBytes = options.maxBehindBytes ?? 0;
  }

  put(index: number, chunk: Uint8Array, callback?: ChunkCallback): void {
    callBack(
      this.whileOpen(() => this.write(index, chunk)),
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
      this.whileOpen(() => this.read(index, wanted.part)),
      wanted.callback,
    );
  }

  async storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    const { upper, lower } = this.options;
    const [above, below] = await Promise.all([upper.storedChunks(count), lower.storedChunks(count)]);
    return {
      bits: above.bits.map((byte, at) => byte | (below.bits[at] ?? 0)),
      sameBoot: above.sameBoot && below.sameBoot,
    };
  }

  async forget(index: number): Promise<void> {
    this.fetching.delete(index);
    await Promise.all([this.options.upper.forget(index), this.options.lower.forget(index)]);
  }

  close(callback?: ChunkCallback): void {
    callBack(this.end(closeStore), callback);
  }

  destroy(callback?: ChunkCallback): void {
    callBack(this.end(destroyStore), callback);
  }

  private async write(index: number, chunk: Uint8Array): Promise<undefined> {
    const { upper, lower } = this.options;
    // What is being fetched is older than this.
    this.fetching.delete(index);
    const above = putChunk(upper, index, chunk);
    const mayTrail = this.behindBytes + chunk.length <= this.maxBehindBytes;
    const below = this.track(putChunk(lower, index, chunk));
    this.behindBytes += chunk.length;
    const settled = below.finally(() => (this.behindBytes -= chunk.length));
    // Both are looked at below, but one after the other.
    settled.catch(() => undefined);
    const isAbove = await above.then(
      () => true,
      () => false,
    );
    if (mayTrail && isAbove) {
      settled.catch((error: unknown) => this.options.onLeftBehind?.(index, asError(error)));
      return;
    }
    try {
      await settled;
    } catch (error) {
      if (isAbove) await upper.forget(index);
      throw error;
    }
  }

  private async read(index: number, part: ChunkPart): Promise<Uint8Array> {
    const length = lengthOfChunk(index, this.chunkLength, this.length);
    const { start, end } = spanOf(index, part, length);
    try {
      return await getChunk(this.options.upper, index, { offset: start, length: end - start });
    } catch (error) {
      if (!(error instanceof ChunkMissingError)) throw error;
    }
    if (!this.isWorthWhole(index, start, end, length))
      return getChunk(this.options.lower, index, { offset: start, length: end - start });
    return (await this.fetch(index)).subarray(start, end);
  }

  private isWorthWhole(index: number, start: number, end: number, length: number): boolean {
    if (this.options.readWhole === 'always' || end - start === length || this.fetching.has(index))
      return true;
    const goesOn = this.lastEnds.get(index) === start;
    this.lastEnds.delete(index);
    this.lastEnds.set(index, end);
    for (const oldest of this.lastEnds.keys()) {
      if (this.lastEnds.size <= maxRemembered) break;
      this.lastEnds.delete(oldest);
    }
    return goesOn;
  }

  private fetch(index: number): Promise<Uint8Array> {
    const underWay = this.fetching.get(index);
    if (underWay) return underWay;
    const fetched = getChunk(this.options.lower, index);
    this.fetching.set(index, fetched);
    void this.track(this.promote(index, fetched));
    return fetched;
  }

  private async promote(index: number, fetched: Promise<Uint8Array>): Promise<void> {
    try {
      const chunk = await fetched;
      if (this.fetching.get(index) === fetched) await putChunk(this.options.upper, index, chunk);
    } catch {
      // It is missing below, which whoever asked hears, or there is no room above, which harms nobody.
    } finally {
      if (this.fetching.get(index) === fetched) this.fetching.delete(index);
    }
  }

  private async end(endOf: (store: ChunkStore) => Promise<void>): Promise<undefined> {
    if (this.closed) throw new ChunkStoreClosedError();
    this.closed = true;
    while (this.running.size > 0) await Promise.allSettled(this.running);
    await Promise.all([endOf(this.options.upper), endOf(this.options.lower)]);
  }

  private whileOpen<T>(work: () => Promise<T>): Promise<T> {
    return this.closed ? Promise.reject(new ChunkStoreClosedError()) : this.track(work());
  }

  /** Counts work under way, so that closing waits for it. */
  private track<T>(running: Promise<T>): Promise<T> {
    this.running.add(running);
    const done = () => void this.running.delete(running);
    running.then(done, done);
    return running;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
