import { ChunkStoreFullError } from '../../chunk-stores/chunk-store.errors.js';
import type { StorageTrouble } from './torrent-engine.port.js';

/** Milliseconds between tries to store what there was no room for. */
const retryMs = 1_000;

/** A verified piece on its way to the store. */
export interface UnstoredPiece {
  readonly bytes: Uint8Array;
  /** Settles when it is stored, or could not be for now; false when it was given up. */
  readonly written: Promise<boolean>;
}

export interface PieceKeeperOptions {
  /** Bytes that may wait for the store while readers already have them. */
  maxBytes: number;
  put: (piece: number, bytes: Uint8Array) => Promise<void>;
  /** Bytes until a reader gets to the piece; infinite when none will. */
  distanceTo: (piece: number) => number;
  /** The store has taken a piece, and nobody looks at these bytes here any more. */
  onStored: (bytes: Uint8Array) => void;
  /** The piece is given up, to make room in memory for what readers need sooner. */
  onLost: (piece: number) => void;
  /** Something was stored, or there is new trouble. */
  onChange: () => void;
}

interface Entry extends UnstoredPiece {
  /** The store did not take it. */
  isStranded: boolean;
}

/**
 * Holds verified pieces until they are stored. While the store has no room (or its disk fails) they stay here, within
 * bounds: readers go on from memory, what they need last is given up first, and storing is tried again until it works.
 */
export class PieceKeeper {
  /** What is wrong with the store at present. */
  trouble: StorageTrouble | null = null;
  private readonly pieces = new Map<number, Entry>();
  private bytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: PieceKeeperOptions) {}

  find(piece: number): UnstoredPiece | undefined {
    return this.pieces.get(piece);
  }

  get waitingBytes(): number {
    return this.bytes;
  }

  /** Whether more waits than may. */
  get isOverfull(): boolean {
    return this.bytes > this.options.maxBytes;
  }

  /** Whether there is no room for another piece before one is given up. */
  get isFull(): boolean {
    return this.trouble !== null && this.bytes >= this.options.maxBytes * 0.75;
  }

  take(piece: number, bytes: Uint8Array): UnstoredPiece {
    const written = this.options.put(piece, bytes).then(
      () => this.stored(piece, entry),
      (error: unknown) => this.strand(piece, entry, error),
    );
    const entry: Entry = { bytes, written, isStranded: false };
    this.remove(piece);
    this.pieces.set(piece, entry);
    this.bytes += bytes.length;
    return entry;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.pieces.clear();
    this.bytes = 0;
  }

  private stored(piece: number, entry: Entry): boolean {
    if (this.pieces.get(piece) === entry) this.remove(piece);
    this.options.onStored(entry.bytes);
    // One that fits may be a short one; trouble is over when nothing is left over.
    if (![...this.pieces.values()].some(({ isStranded }) => isStranded)) this.trouble = null;
    this.changed();
    return true;
  }

  private strand(piece: number, entry: Entry, error: unknown): boolean {
    if (this.isClosed) return false;
    entry.isStranded = true;
    this.trouble = error instanceof ChunkStoreFullError ? 'full' : 'failing';
    this.shed();
    this.timer ??= setTimeout(() => void this.retry(), retryMs).unref();
    this.changed();
    return this.pieces.get(piece) === entry;
  }

  /** Gives up what is needed last, until what the store did not take fits. */
  private shed(): void {
    const { maxBytes, distanceTo, onLost } = this.options;
    const stranded = [...this.pieces].filter(([, { isStranded }]) => isStranded);
    let excess = stranded.reduce((sum, [, { bytes }]) => sum + bytes.length, -maxBytes);
    if (excess <= 0) return;
    for (const [piece, { bytes }] of stranded.sort(([a], [b]) =>
      furthestFirst(distanceTo(a), distanceTo(b)),
    )) {
      if (excess <= 0) return;
      excess -= bytes.length;
      this.remove(piece);
      onLost(piece);
    }
  }

  private async retry(): Promise<void> {
    for (const [piece, entry] of this.pieces) {
      if (!entry.isStranded) continue;
      try {
        await this.options.put(piece, entry.bytes);
      } catch (error) {
        this.timer = undefined;
        if (!this.isClosed) this.strand(piece, entry, error);
        return;
      }
      entry.isStranded = false;
      this.stored(piece, entry);
    }
    this.timer = undefined;
  }

  private remove(piece: number): void {
    this.bytes -= this.pieces.get(piece)?.bytes.length ?? 0;
    this.pieces.delete(piece);
  }

  private changed(): void {
    if (!this.isClosed) this.options.onChange();
  }
}

/** Sorting is stable: of those nobody gets to the oldest goes first. */
function furthestFirst(a: number, b: number): number {
  return a === b ? 0 : b - a;
}
