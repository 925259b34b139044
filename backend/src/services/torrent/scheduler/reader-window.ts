import type { PieceTable } from './piece-table.js';
import type { ReaderSpec, SchedulerSettings } from './scheduler-types.js';

/** One reader: where it is, what it wants next, and when. */
export class ReaderWindow {
  /** How far the consumer has taken bytes; a byte of the torrent. */
  position: number;
  private readonly end: number;
  private readonly bytesPerMs: number;
  /** No piece of the window before this one is missing. */
  private first: number;
  /** Nothing before this piece, the first apart, is left to ask for. */
  private frontier: number;
  private readonly tail: number;
  /** When the piece it needed next came last; of readers that have run dry the longest waiting goes first. */
  servedAt = 0;

  constructor(
    readonly id: string,
    spec: ReaderSpec,
    private readonly table: PieceTable,
    private readonly settings: SchedulerSettings,
  ) {
    this.position = spec.start;
    this.end = spec.end;
    this.bytesPerMs = Math.max(1, (spec.bytesPerSecond ?? settings.assumedBytesPerSecond) / 1000);
    const { geometry } = table;
    this.first = this.frontier = geometry.pieceAt(spec.start);
    const tailBytes = spec.tailBytes ?? 0;
    this.tail =
      tailBytes > 0 ? geometry.pieceAt(Math.max(spec.start, spec.end - tailBytes)) : Number.POSITIVE_INFINITY;
  }

  get lastPiece(): number {
    return this.table.geometry.pieceAt(this.end - 1);
  }

  /** True when it jumped out of order, so that what was asked for may be wanted no more. */
  moveTo(position: number): boolean {
    const back = position < this.position;
    const ahead = this.table.geometry.pieceAt(position) > this.firstMissing();
    this.position = Math.min(position, this.end);
    if (back) this.reopen(this.table.geometry.pieceAt(position));
    return back || ahead;
  }

  /** A piece is about to be here. */
  served(piece: number, now: number): void {
    if (piece === this.firstMissing()) this.servedAt = now;
  }

  /** A piece became missing again. */
  reopen(piece: number): void {
    if (piece < this.first) this.first = piece;
    if (piece < this.frontier) this.frontier = piece;
  }

  /** First piece at or after the position that is not there; beyond the last if all are. */
  firstMissing(): number {
    const { table } = this;
    const here = this.position >= this.end ? this.lastPiece + 1 : table.geometry.pieceAt(this.position);
    this.first = Math.max(this.first, here);
    while (this.first <= this.lastPiece && table.isVerified(this.first)) this.first += 1;
    return this.first;
  }

  /** Where to look for the next piece to ask for. */
  firstOpen(windowEnd: number): number {
    this.frontier = Math.max(this.frontier, this.firstMissing());
    while (this.frontier <= windowEnd && this.table.isSettled(this.frontier)) this.frontier += 1;
    return this.frontier;
  }

  /** First piece of the container index, or beyond the last. */
  get tailStart(): number {
    return Math.min(this.tail, this.lastPiece + 1);
  }

  /** Last piece of the window; at least the piece after the one at the position. */
  windowEnd(readers: number): number {
    const { geometry } = this.table;
    const share = Math.max(2 * geometry.pieceLength, this.settings.readAheadBytes / readers);
    const span = Math.max(
      this.settings.windowMs * this.bytesPerMs,
      16 * 1024 * 1024,
      2 * geometry.pieceLength,
    );
    return Math.min(this.lastPiece, geometry.pieceAt(this.position + Math.min(share, span)));
  }

  /** Milliseconds until the playhead gets to the piece; 0 when it is there. */
  timeTo(piece: number): number {
    return Math.max(0, piece * this.table.geometry.pieceLength - this.position) / this.bytesPerMs;
  }

  /** Milliseconds the reader can go on with what is there. */
  runway(): number {
    const missing = this.firstMissing();
    return missing > this.lastPiece ? Number.POSITIVE_INFINITY : this.timeTo(missing);
  }

  wants(piece: number, readers: number): boolean {
    if (piece > this.lastPiece || piece < this.firstMissing()) return false;
    return piece <= this.windowEnd(readers) || piece >= this.tailStart;
  }
}
