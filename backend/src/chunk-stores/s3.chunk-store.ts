import { setTimeout as delay } from 'node:timers/promises';
import { ChunkMissingError } from './chunk-store.errors.js';
import { lengthOfChunk } from './chunk-store.js';
import {
  asError,
  bitsOf,
  type ChunkSpan,
  type KnownChunk,
  PromisedChunkStore,
} from './promised.chunk-store.js';
import type { S3Bucket } from './s3-bucket.js';
import type { UploadQueue } from './upload-queue.js';

export interface S3ChunkStoreOptions {
  bucket: S3Bucket;
  /** Of this torrent's objects; ends with a slash. */
  prefix: string;
  /** Shared with the other stores of the process. */
  uploads: UploadQueue;
  /** Bytes of all chunks; endless when left out. */
  length?: number;
  /** Whether a whole chunk is what it should be. Others write to the bucket too, so what is read is not believed. */
  isIntact?: (index: number, chunk: Uint8Array) => boolean;
  /** Told of a chunk that `put` had called back for and that could not be uploaded after all. */
  onLost?: (index: number, error: Error) => void;
}

/** How long the bucket may take to say what it has, milliseconds. */
const listMs = 4_000;

interface Upload {
  chunk: Uint8Array;
  done: Promise<void>;
}

/**
 * Chunks as objects of a bucket that several servers share: what one has put the others find. A chunk can be read as
 * soon as it is put, and is uploaded behind that. When too much waits a put waits for room, and fails when none comes.
 */
export class S3ChunkStore extends PromisedChunkStore {
  private readonly uploading = new Map<number, Upload>();
  /** What is known to be in the bucket. */
  private readonly known = new Set<number>();

  constructor(
    chunkLength: number,
    private readonly options: S3ChunkStoreOptions,
  ) {
    super(chunkLength, options.length);
  }

  /** Nothing, beyond what is on its way, while the bucket does not answer. */
  async storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    await this.learn();
    return { bits: bitsOf([...this.known, ...this.uploading.keys()], count), sameBoot: true };
  }

  async forget(index: number): Promise<void> {
    const upload = this.uploading.get(index);
    this.uploading.delete(index);
    this.known.delete(index);
    await upload?.done.catch(() => undefined);
    await this.options.bucket.delete([this.keyOf(index)]);
  }

  /** Nothing is here: what is in the bucket stays for all. */
  async evict(indexes: readonly number[]): Promise<readonly number[]> {
    const gone = () => indexes.filter((index) => !this.known.has(index) && !this.uploading.has(index));
    if (gone().length > 0) await this.learn();
    return gone();
  }

  protected async write({ index }: KnownChunk, chunk: Uint8Array): Promise<void> {
    const { uploads, bucket, onLost } = this.options;
    await uploads.enter(chunk.length);
    const earlier = this.uploading.get(index)?.done.catch(() => undefined);
    const done = this.track(
      uploads.run(chunk.length, async () => {
        await earlier;
        await bucket.put(this.keyOf(index), chunk);
      }),
    );
    const upload: Upload = { chunk, done };
    this.uploading.set(index, upload);
    done.then(
      () => this.settled(index, upload, true),
      (error: unknown) => {
        if (this.settled(index, upload, false)) onLost?.(index, asError(error));
      },
    );
  }

  protected async read({ index, length }: KnownChunk, { start, end }: ChunkSpan): Promise<Uint8Array> {
    const upload = this.uploading.get(index);
    if (upload) return upload.chunk.subarray(start, end);
    if (start === end) return new Uint8Array();
    const isWhole = end - start === length;
    const { bucket, isIntact } = this.options;
    const bytes = await bucket.get(this.keyOf(index), isWhole ? undefined : { start, end });
    if (!bytes) throw this.missing(index, 'is not here');
    if (bytes.length !== end - start) throw this.missing(index, 'is cut short');
    if (!isWhole || (isIntact?.(index, bytes) ?? true)) return bytes;
    // Nobody else should fetch it either.
    await this.forget(index).catch(() => undefined);
    throw this.missing(index, 'is damaged');
  }

  protected async end(remove: boolean): Promise<void> {
    const { bucket, prefix } = this.options;
    if (remove) await bucket.delete((await bucket.list(prefix)).map(({ key }) => key));
  }

  /** Looks up what is in the bucket, within a time that a play can wait. */
  private async learn(): Promise<void> {
    const { bucket, prefix } = this.options;
    const late = new AbortController();
    const nothing = delay(listMs, [], { signal: late.signal }).catch(() => []);
    const found = await Promise.race([bucket.list(prefix).catch(() => []), nothing]);
    late.abort();
    for (const { key, size } of found) {
      const index = Number(key.slice(prefix.length));
      if (Number.isInteger(index) && size === lengthOfChunk(index, this.chunkLength, this.length))
        this.known.add(index);
    }
  }

  /** False when it has been put again or forgotten meanwhile. */
  private settled(index: number, upload: Upload, isThere: boolean): boolean {
    if (this.uploading.get(index) !== upload) return false;
    this.uploading.delete(index);
    if (isThere) this.known.add(index);
    return true;
  }

  private missing(index: number, reason: string): ChunkMissingError {
    this.known.delete(index);
    return new ChunkMissingError(index, reason);
  }

  private keyOf(index: number): string {
    return `${this.options.prefix}${index}`;
  }
}
