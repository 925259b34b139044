import path from 'node:path';
import { type EngineConnection, EngineGoneError } from './engine-connection.js';
import { shareOfReader } from './reader-memory.js';
import { StoredBytesMissingError, StoredFile } from './stored-file.js';
import type { ByteRange } from './torrent-engine.port.js';

export interface EngineReadsOptions {
  /** Folder of a store of plain files, which can be read past the engine; null of any other. */
  root: string | null;
  /** The engine's process, waited for while it starts. */
  ready: () => Promise<EngineConnection>;
  /** Throws for a torrent that is set aside. */
  assertAccepted: (infoHash: string) => void;
}

export interface EngineReadRequest {
  infoHash: string;
  fileIndex: number;
  range: ByteRange;
  bytesPerSecond?: number | undefined;
  signal: AbortSignal;
}

/** Reads that go on from the byte they had reached when the process ends under them. */
export class EngineReads {
  /** Reads under way. */
  private count = 0;

  constructor(private readonly options: EngineReadsOptions) {}

  async *read(request: EngineReadRequest): AsyncGenerator<Uint8Array, void, void> {
    const { infoHash, fileIndex, range, bytesPerSecond, signal } = request;
    const { root, ready, assertAccepted } = this.options;
    let position = range.start;
    const file = new StoredFile(path.join(root ?? '', infoHash, `${fileIndex}.bin`));
    const isOver = () => signal.aborted || position >= range.end;
    let takesStored = root !== null;
    this.count += 1;
    try {
      while (!isOver()) {
        assertAccepted(infoHash);
        const connection = await ready();
        try {
          const rest = {
            infoHash,
            fileIndex,
            range: { start: position, end: range.end },
            bytesPerSecond,
            takesStored,
            credit: shareOfReader(this.count).chunks,
          };
          for await (const part of connection.read(rest, signal)) {
            const chunks =
              part instanceof Uint8Array
                ? [part]
                : file.read(part, position, signal, shareOfReader(this.count).readBytes);
            for await (const chunk of chunks) {
              position += chunk.length;
              yield chunk;
            }
          }
          return;
        } catch (error) {
          // The engine has means to get again what is not where it should be.
          if (error instanceof StoredBytesMissingError) takesStored = false;
          else if (!(error instanceof EngineGoneError)) throw error;
        }
      }
    } finally {
      this.count -= 1;
      await file.close();
    }
  }
}
