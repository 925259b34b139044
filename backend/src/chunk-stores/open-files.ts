import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Segment } from './chunk-segments.js';

interface OpenFile {
  handle: Promise<FileHandle>;
  /** Reads and writes under way; only a file without any may be closed. */
  users: number;
}

const maxOpenFiles = 64;

/** Files that stay open between reads and writes, the least recently used closed first. Links are not followed. */
export class OpenFiles {
  private readonly handles = new Map<number, OpenFile>();
  private readonly closing = new Set<Promise<void>>();

  constructor(private readonly pathOf: (file: number) => string) {}

  /** Opens the file, for its owner only, and makes it if it is not there. */
  async use<T>(index: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
    const file = this.open(index);
    file.users += 1;
    try {
      return await work(await file.handle);
    } finally {
      file.users -= 1;
      this.closeOldest();
    }
  }

  /** Nothing may be under way. */
  async close(): Promise<void> {
    const files = [...this.handles.values()];
    this.handles.clear();
    await Promise.all([...this.closing, ...files.map(async (file) => (await file.handle).close())]);
  }

  private open(index: number): OpenFile {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const file = this.handles.get(index) ?? { handle: open(this.pathOf(index), flags, 0o600), users: 0 };
    file.handle.catch(() => this.handles.delete(index));
    // Most recently used last.
    this.handles.delete(index);
    this.handles.set(index, file);
    return file;
  }

  private closeOldest(): void {
    if (this.handles.size <= maxOpenFiles) return;
    for (const [index, file] of this.handles) {
      if (file.users > 0) continue;
      this.handles.delete(index);
      const closed = file.handle.then((handle) => handle.close());
      this.closing.add(closed);
      void closed.finally(() => this.closing.delete(closed));
      return;
    }
  }
}

/** Writes all of a segment, however little the system takes at a time. */
export async function writeFully(file: FileHandle, chunk: Uint8Array, segment: Segment): Promise<void> {
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
