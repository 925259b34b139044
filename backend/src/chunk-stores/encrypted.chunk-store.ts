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
import { openBlocks, sealChunk, sealedLength, sealedSpan } from './sealed-chunk.js';

/** The key of one title. */
export interface TitleKey {
  /** Null when there is none (any more): then nothing that is stored can be read. */
  find: () => Promise<Uint8Array | null>;
  findOrCreate: () => Promise<Uint8Array>;
  drop: () => Promise<void>;
}

export interface EncryptedChunkStoreOptions {
  /** Plain bytes of all chunks; endless when left out. */
  length?: number;
  key: TitleKey;
  /** Makes the store underneath: what it keeps are sealed chunks, in one file without the torrent's borders. */
  inner: (chunkLength: number, layout: { length?: number }) => ChunkStore;
}

/**
 * Seals chunks before another store keeps them. A part of a chunk is read by opening the blocks it touches; what is
 * not as it was sealed counts as missing, and is fetched again. Destroying drops the key first: from then on
 * nothing can be read, whatever is left on disk.
 */
export class EncryptedChunkStore implements ChunkStore {
  private readonly inner: ChunkStore;
  private readonly length: number;
  private key: Promise<Uint8Array> | null = null;
  /** Chunks are handed on in the order in which they came. */
  private turn: Promise<void> = Promise.resolve();
  private readonly running = new Set<Promise<unknown>>();
  private closed = false;

  constructor(
    readonly chunkLength: number,
    private readonly options: EncryptedChunkStoreOptions,
  ) {
    this.length = options.length ?? Infinity;
    const sealedTotal = totalSealedLength(this.length, chunkLength);
    this.inner = options.inner(
      sealedLength(chunkLength),
      Number.isFinite(sealedTotal) ? { length: sealedTotal } : {},
    );
  }

  put(index: number, chunk: Uint8Array, callback?: ChunkCallback): void {
    callBack(
      this.track(() => this.seal(index, chunk)),
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
      this.track(() => this.open(index, wanted.part)),
      wanted.callback,
    );
  }

  /** Blocks are authenticated when read, so what is marked is worth believing only as far as the store underneath does. */
  async storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    if (!(await this.findKey())) return { bits: new Uint8Array(Math.ceil(count / 8)), sameBoot: true };
    return this.inner.storedChunks(count);
  }

  async forget(index: number): Promise<void> {
    await this.turn;
    if (await this.findKey()) await this.inner.forget(index);
  }

  close(callback?: ChunkCallback): void {
    callBack(this.end(false), callback);
  }

  destroy(callback?: ChunkCallback): void {
    callBack(this.end(true), callback);
  }

  private async seal(index: number, chunk: Uint8Array): Promise<undefined> {
    const length = lengthOfChunk(index, this.chunkLength, this.length);
    if (chunk.length !== length) throw new Error(`Chunk ${index} must be ${length} bytes long`);
    const before = this.turn;
    let done: Promise<void> = Promise.resolve();
    const handedOn = (async () => {
      await before;
      this.key ??= this.options.key.findOrCreate().catch((error: unknown) => {
        this.key = null;
        throw error;
      });
      const sealed = await sealChunk(await this.key, chunk, index);
      done = putChunk(this.inner, index, sealed);
      // Whoever puts hears of it below.
      done.catch(() => undefined);
    })();
    this.turn = handedOn.catch(() => undefined);
    await handedOn;
    await done;
  }

  private async open(index: number, part: ChunkPart): Promise<Uint8Array> {
    const chunk = { index, length: lengthOfChunk(index, this.chunkLength, this.length) };
    const span = spanOf(index, part, chunk.length);
    const key = await this.findKey();
    if (!key) throw new ChunkMissingError(index);
    const { offset, length } = sealedSpan(chunk, span.start, span.end);
    const sealed = await getChunk(this.inner, index, { offset, length });
    const plain = await openBlocks(key, sealed, chunk, span);
    if (plain) return plain;
    await this.inner.forget(index);
    throw new ChunkMissingError(index, 'is damaged');
  }

  private async findKey(): Promise<Uint8Array | null> {
    if (this.key) return this.key;
    const key = await this.options.key.find();
    if (key) this.key ??= Promise.resolve(key);
    return key;
  }

  private async end(remove: boolean): Promise<undefined> {
    if (this.closed) throw new ChunkStoreClosedError();
    this.closed = true;
    if (remove) await this.options.key.drop();
    await Promise.allSettled(this.running);
    // Writing may have gone on meanwhile, to a directory that a first chunk made.
    if (remove) await this.options.key.drop();
    await (remove ? destroyStore(this.inner) : closeStore(this.inner));
  }

  private track<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) return Promise.reject(new ChunkStoreClosedError());
    const running = work();
    this.running.add(running);
    const done = () => void this.running.delete(running);
    running.then(done, done);
    return running;
  }
}

function totalSealedLength(length: number, chunkLength: number): number {
  const whole = Math.floor(length / chunkLength);
  return whole * sealedLength(chunkLength) + sealedLength(length - whole * chunkLength);
}
