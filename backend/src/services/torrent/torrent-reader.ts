import { PieceWindows, type Window } from './piece-windows.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import { EngineUnavailableError } from './torrent.errors.js';
import type { ByteRange } from './torrent-engine.port.js';

/** Bytes a reader has fetched ahead of where it reads. */
const windowBytes = 32 * 1024 * 1024;
/** Bytes right after the playhead that go before everything else. */
const headBytes = 2 * 1024 * 1024;
/** Bytes read before the window is moved again; moving it walks all wires. */
const strideBytes = 4 * 1024 * 1024;
/** Longest chunk handed out. */
const chunkBytes = 256 * 1024;

/** The readers of one torrent. */
export class TorrentReaders {
  readonly windows: PieceWindows;
  private readonly waiting = new Map<number, Set<() => void>>();
  private readonly closers = new Set<() => void>();

  constructor(private readonly torrent: SwarmTorrent) {
    this.windows = new PieceWindows(torrent);
    torrent.on('verified', (piece: number) => this.wake(piece));
  }

  /** Readers open now. */
  get count(): number {
    return this.closers.size;
  }

  /** Pieces readers stand before, waiting. */
  get waitedFor(): number[] {
    return [...this.waiting.keys()];
  }

  /** Reads bytes of the torrent (not of a file), in order, as their pieces are verified. Ends early when `signal` fires. */
  async *read(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    if (range.end <= range.start || signal.aborted) return;
    const pieceLength = this.torrent.pieceLength;
    let position = range.start;
    const window = windowAt(position, range.end, pieceLength);
    let nextMove = position + strideBytes;
    this.windows.add(window);
    const abort = new AbortController();
    const close = () => abort.abort();
    this.closers.add(close);
    signal.addEventListener('abort', close, { once: true });
    try {
      while (position < range.end) {
        const piece = Math.floor(position / pieceLength);
        if (!(await this.arrival(piece, abort.signal))) return;
        if (position >= nextMove) {
          nextMove = position + strideBytes;
          this.windows.move(window, windowAt(position, range.end, pieceLength));
        }
        const offset = position - piece * pieceLength;
        const length = Math.min(chunkBytes, pieceLength - offset, range.end - position);
        yield await this.chunk(piece, offset, length);
        position += length;
      }
    } finally {
      signal.removeEventListener('abort', close);
      this.closers.delete(close);
      this.windows.remove(window);
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

function windowAt(position: number, end: number, pieceLength: number): Window {
  const last = Math.floor((end - 1) / pieceLength);
  const reach = (bytes: number) => Math.min(last, Math.floor((position + bytes - 1) / pieceLength));
  return { from: Math.floor(position / pieceLength), head: reach(headBytes), to: reach(windowBytes) };
}
