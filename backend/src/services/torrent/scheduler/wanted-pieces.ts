import type { PieceTable } from './piece-table.js';
import type { ReaderWindow } from './reader-window.js';
import type { ReaderWindows } from './reader-windows.js';

/** A piece with blocks to be asked for. */
export interface WantedPiece {
  piece: number;
  /** Milliseconds until its reader needs it. */
  timeLeft: number;
  /** The next piece of its reader. */
  isNext: boolean;
  /** Of its reader's container index. */
  isTail: boolean;
}

/**
 * What all readers want, soonest needed first, found only as far as somebody asks: each reader's next piece, then its
 * container index, then its window in order.
 */
export class WantedPieces {
  private readonly found: WantedPiece[] = [];
  private readonly seen = new Set<number>();
  private readonly cursors: Cursor[];

  constructor(readers: ReaderWindows, table: PieceTable) {
    this.cursors = [...readers].map((reader) => new Cursor(reader, readers.count, table));
  }

  at(index: number): WantedPiece | undefined {
    while (this.found.length <= index) {
      let soonest: Cursor | undefined;
      for (const cursor of this.cursors) {
        if (cursor.isBefore(soonest)) soonest = cursor;
      }
      if (!soonest?.current) return undefined;
      if (!this.seen.has(soonest.current.piece)) {
        this.seen.add(soonest.current.piece);
        this.found.push(soonest.current);
      }
      soonest.advance();
    }
    return this.found[index];
  }
}

/** Walks one reader's pieces in the order it wants them. */
class Cursor {
  current: WantedPiece | undefined;
  private part: 'next' | 'tail' | 'window' = 'next';
  private piece: number;
  private readonly windowEnd: number;

  constructor(
    readonly reader: ReaderWindow,
    readers: number,
    private readonly table: PieceTable,
  ) {
    this.piece = reader.firstMissing();
    this.windowEnd = reader.windowEnd(readers);
    this.advance();
  }

  isBefore(other: Cursor | undefined): boolean {
    if (!this.current || !other?.current) return this.current !== undefined;
    const { timeLeft } = this.current;
    const { timeLeft: otherTime } = other.current;
    return timeLeft < otherTime || (timeLeft === otherTime && this.reader.servedAt < other.reader.servedAt);
  }

  advance(): void {
    const { reader, table } = this;
    if (this.part === 'next') {
      const next = this.piece;
      this.part = 'tail';
      this.piece = reader.tailStart;
      // With all of the window here, the next missing piece lies beyond it.
      if (next <= this.windowEnd && !table.isSettled(next)) {
        this.current = { piece: next, timeLeft: reader.timeTo(next), isNext: true, isTail: false };
        return;
      }
    }
    if (this.part === 'tail') {
      while (this.piece <= reader.lastPiece && table.isSettled(this.piece)) this.piece += 1;
      if (this.piece <= reader.lastPiece) {
        const timeLeft = reader.timeTo(Math.min(this.piece, reader.firstMissing() + 1));
        this.current = { piece: this.piece++, timeLeft, isNext: false, isTail: true };
        return;
      }
      this.part = 'window';
      this.piece = reader.firstOpen(this.windowEnd);
    }
    while (this.piece <= this.windowEnd && table.isSettled(this.piece)) this.piece += 1;
    if (this.piece > this.windowEnd) this.current = undefined;
    else {
      const timeLeft = reader.timeTo(this.piece);
      this.current = { piece: this.piece++, timeLeft, isNext: false, isTail: false };
    }
  }
}
