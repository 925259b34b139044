import type { PieceTable } from './piece-table.js';
import { ReaderWindow } from './reader-window.js';
import type { ReaderSpec, SchedulerSettings } from './scheduler-types.js';

/** The readers of one torrent, and what they want together. */
export class ReaderWindows implements Iterable<ReaderWindow> {
  private readonly windows = new Map<string, ReaderWindow>();

  constructor(
    private readonly table: PieceTable,
    private readonly settings: SchedulerSettings,
  ) {}

  get count(): number {
    return this.windows.size;
  }

  [Symbol.iterator](): Iterator<ReaderWindow> {
    return this.windows.values();
  }

  open(readerId: string, spec: ReaderSpec): void {
    this.windows.set(readerId, new ReaderWindow(readerId, spec, this.table, this.settings));
  }

  /** True when it jumped out of order, so that what was asked for may be wanted no more. */
  move(readerId: string, position: number): boolean {
    return this.windows.get(readerId)?.moveTo(position) ?? false;
  }

  /** False when there was no such reader. */
  close(readerId: string): boolean {
    return this.windows.delete(readerId);
  }

  /** A piece is about to be here. */
  served(piece: number, now: number): void {
    for (const window of this.windows.values()) window.served(piece, now);
  }

  /** There is something to be asked for of the piece again. */
  reopen(piece: number): void {
    for (const window of this.windows.values()) window.reopen(piece);
  }

  wants(piece: number): boolean {
    for (const window of this.windows.values()) if (window.wants(piece, this.count)) return true;
    return false;
  }

  /** Milliseconds until the reader nearest to it stalls; `Infinity` when nobody can. */
  runway(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const window of this.windows.values()) least = Math.min(least, window.runway());
    return least;
  }
}
