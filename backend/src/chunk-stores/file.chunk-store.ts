import { lstat, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileErrorCode } from '../encryption/atomic-file.js';
import { ChunkSegments, mergedSegments } from './chunk-segments.js';
import { ChunkMissingError, ChunkStoreClosedError, diskError } from './chunk-store.errors.js';
import {
  type ChunkCallback,
  type ChunkLayout,
  type ChunkPart,
  type ChunkStore,
  callBack,
  lengthOfChunk,
  readGetArguments,
  spanOf,
} from './chunk-store.js';
import { OpenFiles, writeFully } from './open-files.js';
import { PieceJournal } from './piece-journal.js';
import { punchHole } from './punch-holes.js';

export interface FileChunkStoreOptions extends ChunkLayout {
  /** Where this torrent's files go; made when first needed, with access for the owner only. */
  directory: string;
  /** Bytes that may wait to be written while their pieces are already served from memory; 32 MiB unless given. */
  maxPendingBytes?: number;
  /**
   * Told of a chunk that `put` had called back for and that could not be written after all; it has to be fetched again.
   * Whoever listens goes on: while the disk fails every put waits for its write and tells how that went. When nobody
   * does, every later put fails.
   */
  onLost?: (index: number, error: Error) => void;
}

interface PendingChunk {
  chunk: Uint8Array;
  written: Promise<void>;
}

/**
 * The abstract-chunk-store interface over plain files. File n of the torrent is `<directory>/<n>.bin`: names that a
 * torrent's author chose are never paths. Symbolic links are not followed. A chunk is readable at once, from memory
 * until it is on disk.
 */
export class FileChunkStore implements ChunkStore {
  /** When no put is called back for before it is written. */
  readonly isDoneWithPuts: boolean;
  private readonly segments: ChunkSegments;
  private readonly files: OpenFiles;
  private readonly length: number;
  private readonly maxPendingBytes: number;
  private readonly pending = new Map<number, PendingChunk>();
  private pendingBytes = 0;
  private running = 0;
  private idle: (() => void) | null = null;
  private journal: Promise<PieceJournal> | null = null;
  /** The disk failed and nobody was there to be told. */
  private failure: Error | null = null;
  /** The last write failed. */
  private failing = false;
  private closed = false;
  /** A chunk must not be written while its room is given back. */
  private evicting: Promise<unknown> = Promise.resolve();

  constructor(
    readonly chunkLength: number,
    private readonly options: FileChunkStoreOptions,
  ) {
    this.length = options.length ?? Infinity;
    this.segments = new ChunkSegments(chunkLength, options.files ?? [{ offset: 0, length: Infinity }]);
    this.files = new OpenFiles((file) => path.join(options.directory, `${file}.bin`));
    this.maxPendingBytes = options.maxPendingBytes ?? 32 * 1024 * 1024;
    this.isDoneWithPuts = this.maxPendingBytes === 0;
  }

  /** The callback comes when the chunk is readable; when too much waits for the disk, not before it is written. */
  put(index: number, chunk: Uint8Array, callback: ChunkCallback = () => undefined): void {
    const problem = this.closedError() ?? this.failure ?? this.lengthError(index, chunk.length);
    if (problem) {
      queueMicrotask(() => callback(problem));
      return;
    }
    // Two writes of one chunk must not overtake each other.
    const earlier = this.pending.get(index)?.written.catch(() => undefined);
    const written = this.track(
      earlier ? earlier.then(() => this.write(index, chunk)) : this.write(index, chunk),
    );
    const entry = { chunk, written };
    this.pending.set(index, entry);
    this.pendingBytes += chunk.length;
    const mustWait = this.failing || this.pendingBytes > this.maxPendingBytes;
    const settled = written.then(
      () => this.settled(index, entry, null),
      (error: unknown) => this.settled(index, entry, diskError(error)),
    );
    if (mustWait) {
      void settled.then((error) => callback(error));
    } else {
      queueMicrotask(() => callback(null));
      void settled.then((error) => {
        if (error) this.lost(index, error);
      });
    }
  }

  get(
    index: number,
    part: ChunkPart | null | ChunkCallback<Uint8Array>,
    callback?: ChunkCallback<Uint8Array>,
  ): void {
    const wanted = readGetArguments(part, callback);
    const problem = this.closedError();
    if (problem) queueMicrotask(() => wanted.callback(problem));
    else callBack(this.track(this.read(index, wanted.part)), wanted.callback);
  }

  /** Which of `count` chunks are here (bit 7 of byte 0 is chunk 0), and whether this boot of the machine wrote that. */
  async storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    const journal = await this.openJournal(false);
    const bits = journal?.bitfield(count) ?? new Uint8Array(Math.ceil(count / 8));
    for (const index of this.pending.keys())
      if (index < count) bits[index >> 3] = (bits[index >> 3] ?? 0) | (0x80 >> (index & 7));
    return { bits, sameBoot: journal?.sameBoot ?? true };
  }

  async confirmStored(): Promise<void> {
    await (await this.openJournal(false))?.confirm();
  }

  /** Counts a chunk as not there, because its bytes are not what they should be. */
  async forget(index: number): Promise<void> {
    const waiting = this.pending.get(index);
    this.pending.delete(index);
    await waiting?.written.catch(() => undefined);
    (await this.openJournal(false))?.unmark(index);
  }

  /** Where the file system can give back the middle of a file (Linux), their room is free afterwards. */
  evict(indexes: readonly number[]): Promise<readonly number[]> {
    const problem = this.closedError();
    if (problem) return Promise.reject(problem);
    // What is put from now on stays.
    const earlier = [this.evicting, ...indexes.map((index) => this.pending.get(index)?.written)];
    for (const index of indexes) this.pending.delete(index);
    const eviction = this.track(
      this.giveBack(
        earlier,
        [...indexes].sort((a, b) => a - b),
      ),
    );
    this.evicting = eviction.catch(() => undefined);
    return eviction.then(() => indexes);
  }

  /** Waits for what is being written and lets the files go. */
  close(callback?: ChunkCallback): void {
    callBack(this.end(false), callback);
  }

  /** Closes and deletes the directory. */
  destroy(callback?: ChunkCallback): void {
    callBack(this.end(true), callback);
  }

  private settled(index: number, entry: PendingChunk, error: Error | null): Error | null {
    this.pendingBytes -= entry.chunk.length;
    if (this.pending.get(index) === entry) this.pending.delete(index);
    this.failing = error !== null;
    return error;
  }

  private lost(index: number, error: Error): void {
    if (this.options.onLost) this.options.onLost(index, error);
    else this.failure ??= error;
  }

  private async read(index: number, part: ChunkPart): Promise<Uint8Array> {
    const { start, end } = spanOf(index, part, this.lengthOf(index));
    const waiting = this.pending.get(index);
    if (waiting) return Uint8Array.prototype.slice.call(waiting.chunk, start, end);
    const journal = await this.openJournal(false);
    if (!journal?.has(index)) throw new ChunkMissingError(index);
    const chunk = Buffer.allocUnsafe(end - start);
    const lengths = await Promise.all(
      this.segments.of(index, start, end).map(async (segment) => {
        const { bytesRead } = await this.files.use(segment.file, (file) =>
          file.read(chunk, segment.chunkOffset - start, segment.length, segment.position),
        );
        return bytesRead;
      }),
    );
    if (lengths.reduce((sum, length) => sum + length, 0) === chunk.length) return chunk;
    journal.unmark(index);
    throw new ChunkMissingError(index, 'is cut short on disk');
  }

  private async giveBack(earlier: readonly unknown[], indexes: readonly number[]): Promise<void> {
    await Promise.allSettled(earlier);
    const journal = await this.openJournal(false);
    if (!journal) return;
    for (const index of indexes) journal.unmark(index);
    // What says that they are here goes first.
    await journal.flush();
    for (const { file, position, length } of mergedSegments(
      indexes.flatMap((index) => this.segments.of(index, 0, this.lengthOf(index))),
    ))
      await this.files.use(file, (handle) => punchHole(handle, position, length));
  }

  private async write(index: number, chunk: Uint8Array): Promise<void> {
    await this.evicting;
    const journal = await this.openJournal(true);
    if (journal?.has(index)) {
      // Written over, it is neither the old nor the new one until the end, which may not come.
      journal.unmark(index);
      await journal.flush();
    }
    await Promise.all(
      this.segments
        .of(index, 0, chunk.length)
        .map((segment) => this.files.use(segment.file, (file) => writeFully(file, chunk, segment))),
    );
    journal?.mark(index);
  }

  private openJournal(create: boolean): Promise<PieceJournal | null> {
    if (this.journal) return this.journal;
    if (create) return this.openDirectoryAndJournal();
    return isDirectory(this.options.directory).then((there) =>
      there ? this.openDirectoryAndJournal() : null,
    );
  }

  private openDirectoryAndJournal(): Promise<PieceJournal> {
    this.journal ??= (async () => {
      await mkdir(this.options.directory, { recursive: true, mode: 0o700 });
      if (!(await isDirectory(this.options.directory)))
        throw new Error('The torrent directory is no directory');
      return PieceJournal.open(this.options.directory);
    })().catch((error: unknown) => {
      // The disk may have room, or be there, at the next try.
      this.journal = null;
      throw error;
    });
    return this.journal;
  }

  private async end(remove: boolean): Promise<undefined> {
    const problem = this.closedError();
    if (problem) throw problem;
    this.closed = true;
    if (this.running > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    await this.files.close();
    const journal = await this.journal?.catch(() => null);
    await journal?.close();
    if (remove) await rm(this.options.directory, { recursive: true, force: true });
  }

  /** Counts work under way, so that closing waits for it. */
  private track<T>(work: Promise<T>): Promise<T> {
    this.running += 1;
    return work.finally(() => {
      this.running -= 1;
      if (this.running === 0) this.idle?.();
    });
  }

  private lengthOf(index: number): number {
    return lengthOfChunk(index, this.chunkLength, this.length);
  }

  private lengthError(index: number, length: number): Error | null {
    return length === this.lengthOf(index)
      ? null
      : new Error(`Chunk ${index} must be ${this.lengthOf(index)} bytes long`);
  }

  private closedError(): Error | null {
    return this.closed ? new ChunkStoreClosedError() : null;
  }
}

/** Whether it is a directory itself, not a link to one. */
async function isDirectory(directory: string): Promise<boolean> {
  try {
    return (await lstat(directory)).isDirectory();
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
