import { ChunkStoreClosedError } from './chunk-store.errors.js';
import {
  type ChunkCallback,
  type ChunkPart,
  type ChunkStore,
  callBack,
  lengthOfChunk,
  readGetArguments,
  spanOf,
} from './chunk-store.js';

/** A chunk as its store has to know it. */
export interface KnownChunk {
  index: number;
  /** Bytes of it: the last one may be shorter. */
  length: number;
}

/** Which bytes of a chunk. */
export interface ChunkSpan {
  start: number;
  end: number;
}

/**
 * What every store does alike: callbacks, checks of lengths, and an end that waits for what is under way. A store says
 * with promises how it keeps and finds chunks.
 */
export abstract class PromisedChunkStore implements ChunkStore {
  private readonly running = new Set<Promise<unknown>>();
  private closed = false;

  /** `length`: bytes of all chunks; endless when left out. */
  constructor(
    readonly chunkLength: number,
    protected readonly length = Infinity,
  ) {}

  put(index: number, chunk: Uint8Array, callback?: ChunkCallback): void {
    const length = lengthOfChunk(index, this.chunkLength, this.length);
    const work = () =>
      chunk.length === length
        ? this.write({ index, length }, chunk).then(() => undefined)
        : Promise.reject(new Error(`Chunk ${index} must be ${length} bytes long`));
    callBack(this.whileOpen(work), callback);
  }

  get(
    index: number,
    part: ChunkPart | null | ChunkCallback<Uint8Array>,
    callback?: ChunkCallback<Uint8Array>,
  ): void {
    const wanted = readGetArguments(part, callback);
    const length = lengthOfChunk(index, this.chunkLength, this.length);
    const work = async () => this.read({ index, length }, spanOf(index, wanted.part, length));
    callBack(this.whileOpen(work), wanted.callback);
  }

  close(callback?: ChunkCallback): void {
    callBack(this.shut(false), callback);
  }

  destroy(callback?: ChunkCallback): void {
    callBack(this.shut(true), callback);
  }

  abstract storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }>;
  /** Nothing, unless a disk is behind it. */
  confirmStored(): Promise<void> {
    return Promise.resolve();
  }
  abstract forget(index: number): Promise<void>;
  abstract evict(indexes: readonly number[]): Promise<readonly number[]>;

  /** Keeps a chunk of the right length. */
  protected abstract write(chunk: KnownChunk, bytes: Uint8Array): Promise<void>;
  /** Finds bytes that lie in the chunk. */
  protected abstract read(chunk: KnownChunk, span: ChunkSpan): Promise<Uint8Array>;
  /** Nothing is under way any more: lets go, and with `remove` leaves nothing. */
  protected abstract end(remove: boolean): Promise<void>;
  /** The end has been asked for; what is under way goes on. */
  protected ending(_remove: boolean): Promise<void> {
    return Promise.resolve();
  }

  /** Counts work under way, so that closing waits for it. */
  protected track<T>(running: Promise<T>): Promise<T> {
    this.running.add(running);
    const done = () => void this.running.delete(running);
    running.then(done, done);
    return running;
  }

  private whileOpen<T>(work: () => Promise<T>): Promise<T> {
    return this.closed ? Promise.reject(new ChunkStoreClosedError()) : this.track(work());
  }

  private async shut(remove: boolean): Promise<undefined> {
    if (this.closed) throw new ChunkStoreClosedError();
    this.closed = true;
    await this.ending(remove);
    while (this.running.size > 0) await Promise.allSettled(this.running);
    await this.end(remove);
  }
}

/** The bits of the chunks named, for `count` chunks. */
export function bitsOf(indexes: Iterable<number>, count: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const index of indexes)
    if (index < count) bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7));
  return bits;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
