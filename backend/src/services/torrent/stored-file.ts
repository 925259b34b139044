import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteRange } from './torrent-engine.port.js';

/** The engine says that bytes lie on disk, and they do not. */
export class StoredBytesMissingError extends Error {
  override readonly name = 'StoredBytesMissingError';
}

/**
 * A file of a torrent as the engine stores it, read by the server itself: what is on disk need not cross between the
 * processes. The engine only names ranges, never paths: it talks to strangers, and this process can read more than it may.
 */
export class StoredFile {
  private handle: Promise<FileHandle> | null = null;

  constructor(private readonly path: string) {}

  /**
   * Reads a range that must begin at `position`, `readBytes` at once. Ends early when `signal` fires. Errors: `StoredBytesMissingError` when
   * the range begins elsewhere, or the file is not there or too short.
   */
  async *read(
    range: ByteRange,
    position: number,
    signal: AbortSignal,
    readBytes: number,
  ): AsyncGenerator<Uint8Array, void, void> {
    if (range.start !== position) throw new StoredBytesMissingError();
    const file = await this.open();
    let at = range.start;
    while (at < range.end && !signal.aborted) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(readBytes, range.end - at));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at).catch(missing);
      if (bytesRead === 0) throw new StoredBytesMissingError();
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    const handle = await this.handle?.catch(() => null);
    await handle?.close();
  }

  private open(): Promise<FileHandle> {
    this.handle ??= open(this.path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(missing);
    return this.handle;
  }
}

function missing(cause: unknown): never {
  throw new StoredBytesMissingError('', { cause });
}
