import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { PieceJournal } from './piece-journal.js';

export interface FileChunkStoreOptions {
  /** Where this torrent's files go; made when first needed, with access for the owner only. */
  directory: string;
  /** The torrent's files in order; one endless file when left out. */
  files?: readonly { offset: number; length: number }[];
  /** Sum of the files, bytes. */
  length?: number;
  /** Bytes that may wait to be written while their pieces are already served from memory; 32 MiB unless given. */
  maxPendingBytes?: number;
}

type Callback<T> = (error: Error | null, value?: T) => void;
interface GetOptions {
  offset?: number;
  length?: number;
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
export class FileChunkStore {
  private readonly files: readonly { offset: number; length: number }[];
  private readonly length: number;
  private readonly maxPendingBytes: number;
  private readonly handles = new Map<number, OpenFile>();
  private readonly pending = new Map<number, { chunk: Uint8Array; written: Promise<void> }>();
  private pendingBytes = 0;
  private running = 0;
  private idle: (() => void) | null = null;
  private journal: Promise<PieceJournal> | null = null;
  private failure: Error | null = null;
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
  put(index: number, chunk: Uint8Array, callback: Callback<undefined> = () => undefined): void {
    const problem = this.closedError() ?? this.failure ?? this.lengthError(index, chunk.length);
    if (problem) {
      queueMicrotask(() => callback(problem));
      return;
    }
    const written = this.track(this.write(index, chunk));
    const entry = { chunk, written };
    this.pending.set(index, entry);
    this.pendingBytes += chunk.length;
    const done = written.then(
      () => null,
      (error: unknown) => (this.failure ??= asError(error)),
    );
    const settled = done.then((error) => {
      this.pendingBytes -= chunk.length;
      if (this.pending.get(index) === entry) this.pending.delete(index);
      return error;
    });
    if (this.pendingBytes > this.maxPendingBytes) {
      void settled.then((error) => callback(error));
    } else {
      queueMicrotask(() => callback(null));
    }
  }

  get(
    index: number,
    options: GetOptions | null | Callback<Uint8Array>,
    callback?: Callback<Uint8Array>,
  ): void {
    const answer = typeof options === 'function' ? options : (callback ?? (() => undefined));
    const { offset = 0, length } = typeof options === 'function' ? {} : (options ?? {});
    const problem = this.closedError();
    if (problem) {
      queueMicrotask(() => answer(problem));
      return;
    }
    this.track(this.read(index, offset, length)).then(
      (chunk) => answer(null, chunk),
      (error: unknown) => answer(asError(error)),
    );
  }

  /** Which of `count` chunks are on disk (bit 7 of byte 0 is chunk 0), and whether this boot of the machine wrote that. */
  async storedChunks(count: number): Promise<{ bits: Uint8Array; sameBoot: boolean }> {
    const journal = await this.openJournal(false);
    if (!journal) return { bits: new Uint8Array(Math.ceil(count / 8)), sameBoot: true };
    return { bits: journal.bitfield(count), sameBoot: journal.sameBoot };
  }

  /** Counts a chunk as not there, because its bytes are not what they should be. */
  async forget(index: number): Promise<void> {
    (await this.openJournal(false))?.unmark(index);
  }

  /** Waits for what is being written and lets the files go. */
  close(callback: Callback<undefined> = () => undefined): void {
    this.end(false).then(
      () => callback(null),
      (error: unknown) => callback(asError(error)),
    );
  }

  /** Closes and deletes the directory. */
  destroy(callback: Callback<undefined> = () => undefined): void {
    this.end(true).then(
      () => callback(null),
      (error: unknown) => callback(asError(error)),
    );
  }

  private async read(index: number, offset: number, length: number | undefined): Promise<Uint8Array> {
    const end = length === undefined ? this.lengthOf(index) : offset + length;
    if (offset < 0 || end > this.lengthOf(index) || end < offset)
      throw new Error(`No such bytes in chunk ${index}`);
    const waiting = this.pending.get(index);
    if (waiting) return waiting.chunk.subarray(offset, end);
    const journal = await this.openJournal(false);
    if (!journal?.has(index)) throw new Error(`Chunk ${index} is not here`);
    const chunk = Buffer.allocUnsafe(end - offset);
    await Promise.all(
      this.segments(index, offset, end).map(async (segment) => {
        const start = segment.chunkOffset - offset;
        const { bytesRead } = await this.withFile(segment.file, (file) =>
          file.read(chunk, start, segment.length, segment.position),
        );
        if (bytesRead !== segment.length) throw new Error(`Chunk ${index} is cut short on disk`);
      }),
    );
    return chunk;
  }

  private async write(index: number, chunk: Uint8Array): Promise<void> {
    const journal = await this.openJournal(true);
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
    })();
    return this.journal;
  }

  private async end(remove: boolean): Promise<void> {
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
    return Math.max(0, Math.min(this.chunkLength, this.length - index * this.chunkLength));
  }

  private lengthError(index: number, length: number): Error | null {
    return length === this.lengthOf(index)
      ? null
      : new Error(`Chunk ${index} must be ${this.lengthOf(index)} bytes long`);
  }

  private closedError(): Error | null {
    return this.closed ? new Error('The chunk store is closed') : null;
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
    if (asError(error).message.includes('ENOENT')) return false;
    throw error;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
