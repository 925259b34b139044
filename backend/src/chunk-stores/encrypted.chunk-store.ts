import { ChunkMissingError, diskError } from './chunk-store.errors.js';
import { type ChunkStore, closeStore, destroyStore, getChunk, putChunk } from './chunk-store.js';
import { type ChunkSpan, type KnownChunk, PromisedChunkStore } from './promised.chunk-store.js';
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
export class EncryptedChunkStore extends PromisedChunkStore {
  /** Only sealed copies are kept. */
  readonly isDoneWithPuts = true;
  private readonly inner: ChunkStore;
  private key: Promise<Uint8Array> | null = null;
  /** Chunks are handed on in the order in which they came. */
  private turn: Promise<void> = Promise.resolve();

  constructor(
    chunkLength: number,
    private readonly options: EncryptedChunkStoreOptions,
  ) {
    super(chunkLength, options.length);
    const sealedTotal = totalSealedLength(this.length, chunkLength);
    this.inner = options.inner(
      sealedLength(chunkLength),
      Number.isFinite(sealedTotal) ? { length: sealedTotal } : {},
    );
  }

  /** Blocks are authenticated when read, so what is marked is worth believing only as far as the store underneath does. */
  async storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    if (!(await this.findKey())) return { bits: new Uint8Array(Math.ceil(count / 8)), sameBoot: true };
    return this.inner.storedChunks(count);
  }

  override async confirmStored(): Promise<void> {
    if (await this.findKey()) await this.inner.confirmStored();
  }

  forget(index: number): Promise<void> {
    return this.inTurn(async () => {
      if (await this.findKey()) return { done: this.inner.forget(index) };
      return { done: Promise.resolve() };
    });
  }

  evict(indexes: readonly number[]): Promise<readonly number[]> {
    return this.inTurn(async () => {
      if (await this.findKey()) return { done: this.inner.evict(indexes) };
      return { done: Promise.resolve(indexes) };
    });
  }

  protected write({ index }: KnownChunk, chunk: Uint8Array): Promise<void> {
    return this.inTurn(async () => {
      this.key ??= this.options.key.findOrCreate().catch((error: unknown) => {
        this.key = null;
        throw diskError(error);
      });
      const sealed = await sealChunk(await this.key, chunk, index);
      return { done: putChunk(this.inner, index, sealed) };
    });
  }

  protected async read(chunk: KnownChunk, span: ChunkSpan): Promise<Uint8Array> {
    const { index } = chunk;
    const key = await this.findKey();
    if (!key) throw new ChunkMissingError(index);
    const { offset, length } = sealedSpan(chunk, span.start, span.end);
    const sealed = await getChunk(this.inner, index, { offset, length });
    const plain = await openBlocks(key, sealed, chunk, span);
    if (plain) return plain;
    await this.inner.forget(index);
    throw new ChunkMissingError(index, 'is damaged');
  }

  protected override async ending(remove: boolean): Promise<void> {
    if (remove) await this.options.key.drop();
  }

  protected async end(remove: boolean): Promise<void> {
    // Writing may have gone on meanwhile, to a directory that a first chunk made.
    if (remove) await this.options.key.drop();
    await (remove ? destroyStore(this.inner) : closeStore(this.inner));
  }

  /** Hands work to the store underneath in the order in which it came; does not wait for one to be done before the next. */
  private async inTurn<T>(handOn: () => Promise<{ done: Promise<T> }>): Promise<T> {
    const handedOn = this.turn.then(handOn);
    this.turn = handedOn.then(
      ({ done }) => void done.catch(() => undefined),
      () => undefined,
    );
    return (await handedOn).done;
  }

  private async findKey(): Promise<Uint8Array | null> {
    if (this.key) return this.key;
    const key = await this.options.key.find();
    if (key) this.key ??= Promise.resolve(key);
    return key;
  }
}

function totalSealedLength(length: number, chunkLength: number): number {
  const whole = Math.floor(length / chunkLength);
  return whole * sealedLength(chunkLength) + sealedLength(length - whole * chunkLength);
}
