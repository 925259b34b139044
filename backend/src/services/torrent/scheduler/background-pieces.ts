import type { PieceTable } from './piece-table.js';
import type { TorrentRange } from './scheduler-types.js';
import type { SwarmPeer } from './swarm-peer.js';

/** Pieces a peer has among which the rarest is taken; more would cost time and gain nothing. */
const sampleSize = 64;

/** What to fetch when every reader has what it needs: begun pieces first, then the rarest of a random sample. */
export class BackgroundPieces {
  private ranges: { from: number; to: number }[] = [];
  private count = 0;
  private readonly copies: Uint16Array;

  constructor(
    private readonly table: PieceTable,
    private readonly random: () => number,
  ) {
    this.copies = new Uint16Array(table.geometry.pieceCount);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  set(ranges: readonly TorrentRange[]): void {
    const { geometry } = this.table;
    this.ranges = ranges
      .filter(({ start, end }) => end > start)
      .map(({ start, end }) => ({ from: geometry.pieceAt(start), to: geometry.pieceAt(end - 1) }));
    this.count = this.ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  wants(piece: number): boolean {
    return this.ranges.some(({ from, to }) => piece >= from && piece <= to);
  }

  gained(piece: number): void {
    this.copies[piece] = (this.copies[piece] ?? 0) + 1;
  }

  lost(piece: number): void {
    this.copies[piece] = Math.max(0, (this.copies[piece] ?? 0) - 1);
  }

  left(peer: SwarmPeer): void {
    for (let piece = 0; piece < this.copies.length; piece++) {
      if (peer.pieces.has(piece)) this.copies[piece] = (this.copies[piece] ?? 1) - 1;
    }
  }

  /** Peers that have the piece. */
  copiesOf(piece: number): number {
    return this.copies[piece] ?? 0;
  }

  /** The piece to ask `peer` for; -1 if it has nothing of use. `mayBegin` false: only pieces begun already. */
  next(peer: SwarmPeer, mayTake: (piece: number) => boolean, mayBegin: boolean): number {
    for (const partial of this.table.all()) {
      if (
        partial.missing > 0 &&
        this.wants(partial.index) &&
        peer.pieces.has(partial.index) &&
        mayTake(partial.index)
      ) {
        return partial.index;
      }
    }
    return mayBegin ? this.rarest(peer, mayTake) : -1;
  }

  private rarest(peer: SwarmPeer, mayTake: (piece: number) => boolean): number {
    const start = Math.floor(this.random() * this.count);
    let best = -1;
    let sampled = 0;
    for (let step = 0; step < this.count && sampled < sampleSize; step++) {
      const piece = this.nth((start + step) % this.count);
      if (this.table.isSettled(piece) || !peer.pieces.has(piece) || !mayTake(piece)) continue;
      sampled += 1;
      if (best < 0 || this.copiesOf(piece) < this.copiesOf(best)) best = piece;
    }
    return best;
  }

  private nth(place: number): number {
    let rest = place;
    for (const { from, to } of this.ranges) {
      if (rest <= to - from) return from + rest;
      rest -= to - from + 1;
    }
    return 0;
  }
}
