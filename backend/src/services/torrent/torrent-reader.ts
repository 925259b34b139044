import type { PieceFetcher } from './piece-fetcher.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import { EngineUnavailableError } from './torrent.errors.js';
import type { ByteRange } from './torrent-engine.port.js';

/** Longest chunk handed out. */
const chunkBytes = 256 * 1024;

/** Bytes of the torrent (not of a file). */
export interface ReadRequest extends ByteRange {
  /** Bytes at the end of the range wanted early; 0 for none. */
  tailBytes: number;
}

/** The readers of one torrent. */
export class TorrentReaders {
  private readonly waiting = new Map<number, Set<() => void>>();
  private readonly closers = new Set<() => void>();

  constructor(
    private readonly torrent: SwarmTorrent,
    private readonly fetcher: PieceFetcher,
  ) {
    torrent.on('verified', (piece: number) => this.wake(piece));
  }

  /** Readers open now. */
  get count(): number {
    return this.closers.size;
  }

  /** Reads in order, as pieces are verified. Ends early when `signal` fires. */
  async *read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const { start, end, tailBytes } = request;
    if (end <= start || signal.aborted) return;
    const pieceLength = this.torrent.pieceLength;
    let position = start;
    const reader = this.fetcher.open({ start, end, tailBytes, bytesPerSecond: null });
    const abort = new AbortController();
    const close = () => abort.abort();
    this.closers.add(close);
    signal.addEventListener('abort', close, { once: true });
    try {
      while (position < end) {
        const piece = Math.floor(position / pieceLength);
        if (!(await this.arrival(piece, abort.signal))) return;
        const offset = position - piece * pieceLength;
        const length = Math.min(chunkBytes, pieceLength - offset, end - position);
        yield await this.chunk(piece, offset, length);
        position += length;
        this.fetcher.moved(reader, position);
      }
    } finally {
      signal.removeEventListener('abort', close);
      this.closers.delete(close);
      this.fetcher.closeReader(reader);
    }
  }

  /** Ends every reader; each then sees that the torrent is gone. */
  close(): void {
    for (const close of this.closers) close();
  }

  /** Waits until the piece is verified; false when the reader is closed first. */
  private async arrival(piece: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.torrent.bitfield?.get(piece)) return true;
    return new Promise((resolve) => {
      const settle = () => {
        signal.removeEventListener('abort', settle);
        const others = this.waiting.get(piece);
        others?.delete(settle);
        if (others?.size === 0) this.waiting.delete(piece);
        resolve(!signal.aborted);
      };
      const waiters = this.waiting.get(piece) ?? new Set();
      this.waiting.set(piece, waiters.add(settle));
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  private wake(piece: number): void {
    for (const wake of [...(this.waiting.get(piece) ?? [])]) wake();
  }

  private chunk(piece: number, offset: number, length: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const { store } = this.torrent;
      if (!store) {
        reject(new EngineUnavailableError());
        return;
      }
      store.get(piece, { offset, length }, (error, chunk) => {
        if (chunk) resolve(chunk);
        else reject(error ?? new EngineUnavailableError());
      });
    });
  }
}
