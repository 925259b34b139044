import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileErrorCode } from '../encryption/atomic-file.js';
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
import { PieceJournal } from './piece-journal.js';

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

/** Part of a chunk that lies in one file. */
interface Segment {
  file: number;
  /** Bytes from the start of the chunk. */
  chunkOffset: number;
  /** Bytes from the start of the file. */
  position: number;
  length: number;
}

interface PendingChunk {
  chunk: Uint8Array;
  written: Promise<void>;
}

interface OpenFile {
  handle: Promise<FileHandle>;
  /** Reads and writes under way; only a file without any may be closed. */
  users: number;
}

const maxOpenFiles = 64;

/**
 * The abstract-chunk-store interface over plain files. File n of the torrent is `<directory>/<n>.bin`: names that a
 * torrent's author chose are never paths. Symbolic links are not followed. A chunk is readable at once, from memory
 * until it is on disk.
 */
export class FileChunkStore implements ChunkStore {
  private readonly files: readonly { offset: number; length: number }[];
  private readonly length: number;
  private readonly maxPendingBytes: number;
  private readonly handles = new Map<number, OpenFile>();
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

  constructor(
    readonly chunkLength: number,
    private readonly options: FileChunkStoreOptions,
  ) {
    this.length = options.length ?? Infinity;
    this.files = options.files ?? [{ offset: 0, length: Infinity }];
    this.maxPendingBytes = options.maxPendingBytes ?? 32 * 1024 * 1024;
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

  /** Counts a chunk as not there, because its bytes are not what they should be. */
  async forget(index: number): Promise<void> {
    const waiting = this.pending.get(index);
    this.pending.delete(index);
    await waiting?.written.catch(() => undefined);
    (await this.openJournal(false))?.unmark(index);
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
    if (waiting) return waiting.chunk.subarray(start, end);
    const journal = await this.openJournal(false);
    if (!journal?.has(index)) throw new ChunkMissingError(index);
    const chunk = Buffer.allocUnsafe(end - start);
    const lengths = await Promise.all(
      this.segments(index, start, end).map(async (segment) => {
        const { bytesRead } = await this.withFile(segment.file, (file) =>
          file.read(chunk, segment.chunkOffset - start, segment.length, segment.position),
        );
        return bytesRead;
      }),
    );
    if (lengths.reduce((sum, length) => sum + length, 0) === chunk.length) return chunk;
    journal.unmark(index);
    throw new ChunkMissingError(index, 'is cut short on disk');
  }

  private async write(index: number, chunk: Uint8Array): Promise<void> {
    const journal = await this.openJournal(true);
    if (journal?.has(index)) {
      // Written over, it is neither the old nor the new one until the end, which may not come.
      journal.unmark(index);
      await journal.flush();
    }
    await Promise.all(
      this.segments(index, 0, chunk.length).map((segment) =>
        this.withFile(segment.file, (file) => writeFully(file, chunk, segment)),
      ),
    );
    journal?.mark(index);
  }

  private segments(index: number, from: number, to: number): Segment[] {
    const start = index * this.chunkLength + from;
    const end = index * this.chunkLength + to;
    const segments: Segment[] = [];
    for (let file = this.firstFileAt(start); file < this.files.length; file += 1) {
      const { offset, length } = this.files[file] ?? { offset: end, length: 0 };
      if (offset >= end) break;
      const segmentStart = Math.max(start, offset);
      const segmentEnd = Math.min(end, offset + length);
      if (segmentEnd <= segmentStart) continue;
      segments.push({
        file,
        chunkOffset: from + segmentStart - start,
        position: segmentStart - offset,
        length: segmentEnd - segmentStart,
      });
    }
    return segments;
  }

  /** Index of the last file that begins at or before `position`, stepping back over empty ones. */
  private firstFileAt(position: number): number {
    let low = 0;
    let high = this.files.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.files[middle]?.offset ?? Infinity) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async withFile<T>(index: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
    const file = this.openFile(index);
    file.users += 1;
    try {
      return await work(await file.handle);
    } finally {
      file.users -= 1;
      this.closeOldest();
    }
  }

  private openFile(index: number): OpenFile {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const file = this.handles.get(index) ?? {
      handle: open(path.join(this.options.directory, `${index}.bin`), flags, 0o600),
      users: 0,
    };
    file.handle.catch(() => this.handles.delete(index));
    // Most recently used last.
    this.handles.delete(index);
    this.handles.set(index, file);
    return file;
  }

  private closeOldest(): void {
    if (this.closed || this.handles.size <= maxOpenFiles) return;
    for (const [index, file] of this.handles) {
      if (file.users > 0) continue;
      this.handles.delete(index);
      void this.track(file.handle.then((handle) => handle.close()));
      return;
    }
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
    const files = [...this.handles.values()];
    this.handles.clear();
    await Promise.all(files.map(async (file) => (await file.handle).close()));
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

async function writeFully(file: FileHandle, chunk: Uint8Array, segment: Segment): Promise<void> {
  let done = 0;
  while (done < segment.length) {
    const { bytesWritten } = await file.write(
      chunk,
      segment.chunkOffset + done,
      segment.length - done,
      segment.position + done,
    );
    done += bytesWritten;
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
