import type { PieceFetcher } from './piece-fetcher.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import { EngineUnavailableError } from './torrent.errors.js';
import type { ByteRange } from './torrent-engine.port.js';

/** Longest chunk handed out. */
const chunkBytes = 256 * 1024;
/** Longest and shortest stretch on disk handed out as such; the end of a range may be shorter. */
const maxStoredBytes = 1024 * 1024;
const minStoredBytes = 256 * 1024;
/** Bytes from the start of a read after which a piece is awaited on disk rather than taken from memory. */
const hastyBytes = 1024 * 1024;
/** How long, milliseconds. */
const diskPatienceMs = 25;

/** What is fetched for a reader that is about to come: bytes, and for how long, milliseconds. */
const expectedBytes = 4 * 1024 * 1024;
const expectedMs = 3_000;

/** How often a reader has a piece fetched again that the store does not give back. */
const maxLosses = 5;

/** Bytes of the torrent (not of a file). */
export interface ReadRequest extends ByteRange {
  /** Bytes at the end of the range wanted early; 0 for none. */
  tailBytes: number;
  /** What the consumer takes in the long run; null while unknown. */
  bytesPerSecond: number | null;
  /** Whether the consumer can read the store's files itself. */
  takesStored: boolean;
}

/** Bytes, or which bytes of the torrent lie in the store's files now. */
export type ReadPart = Uint8Array | ByteRange;

/** The readers of one torrent. */
export class TorrentReaders {
  private readonly waiting = new Map<number, Set<() => void>>();
  private readonly closers = new Set<() => void>();
  /** Ends what is done for a reader that has not come yet. */
  private endExpectation: () => void = () => undefined;

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

  /** Begins with what a reader from `start` on will need first, so that the peers need not wait for it. */
  expect({ offset, length }: { offset: number; length: number }): void {
    this.endExpectation();
    if (this.count > 0 || length === 0) return;
    const span = { start: offset, end: offset + Math.min(length, expectedBytes) };
    const reader = this.fetcher.open({ ...span, tailBytes: 0, bytesPerSecond: null });
    const timer = setTimeout(() => this.endExpectation(), expectedMs).unref();
    this.endExpectation = () => {
      clearTimeout(timer);
      this.endExpectation = () => undefined;
      this.fetcher.closeReader(reader);
    };
  }

  /** Reads in order, as pieces are verified. Ends early when `signal` fires. */
  async *read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<ReadPart, void, void> {
    const { start, end, tailBytes, bytesPerSecond, takesStored } = request;
    if (end <= start || signal.aborted) return;
    const pieceLength = this.torrent.pieceLength;
    let position = start;
    const losses = new Map<number, number>();
    const reader = this.fetcher.open({ start, end, tailBytes, bytesPerSecond });
    this.endExpectation();
    const abort = new AbortController();
    const close = () => abort.abort();
    this.closers.add(close);
    signal.addEventListener('abort', close, { once: true });
    try {
      while (position < end) {
        const piece = Math.floor(position / pieceLength);
        if (!(await this.arrival(piece, abort.signal))) return;
        if (takesStored && position - start >= hastyBytes) await this.onDisk(piece);
        const stored = takesStored ? this.storedFrom(position, end) : position;
        if (stored - position >= minStoredBytes || stored === end) {
          yield { start: position, end: stored };
          position = stored;
        } else {
          const offset = position - piece * pieceLength;
          const length = Math.min(chunkBytes, pieceLength - offset, end - position);
          const chunk = await this.chunk(piece, offset, length).catch((error: unknown) => {
            // What the store has lost is fetched again.
            const lost = losses.get(piece) ?? 0;
            if (error instanceof EngineUnavailableError || lost >= maxLosses) throw error;
            losses.set(piece, lost + 1);
            this.fetcher.lost(piece);
          });
          if (!chunk) continue;
          yield chunk;
          position += length;
        }
        this.fetcher.moved(reader, position);
      }
    } finally {
      signal.removeEventListener('abort', close);
      this.closers.delete(close);
      this.fetcher.closeReader(reader, takesStored ? signal : undefined);
    }
  }

  /** Ends every reader; each then sees that the torrent is gone. */
  close(): void {
    this.endExpectation();
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

  /** Waits a moment for a verified piece to be on disk. */
  private async onDisk(piece: number): Promise<void> {
    const written = this.fetcher.findWriting(piece);
    if (!written) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, diskPatienceMs)));
    await Promise.race([written, late]);
    clearTimeout(timer);
  }

  /** How far the bytes from `position` on lie on disk; `position` when none do. */
  private storedFrom(position: number, end: number): number {
    const { pieceLength, bitfield } = this.torrent;
    const limit = Math.min(end, position + maxStoredBytes);
    let to = position;
    while (to < limit) {
      const piece = Math.floor(to / pieceLength);
      if (!bitfield?.get(piece) || this.fetcher.findWriting(piece)) break;
      to = (piece + 1) * pieceLength;
    }
    return Math.min(to, limit);
  }

  private chunk(piece: number, offset: number, length: number): Promise<Uint8Array> {
    const unwritten = this.fetcher.readUnwritten(piece, offset, length);
    if (unwritten) return Promise.resolve(unwritten);
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
