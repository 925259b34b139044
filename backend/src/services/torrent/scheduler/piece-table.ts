import { PartialPiece } from './partial-piece.js';
import type { BegunPiece } from './swarm-peer.js';
import type { TorrentGeometry } from './torrent-geometry.js';

/** Which pieces are there, and the partial ones. */
export class PieceTable {
  private readonly verified: Uint8Array;
  private readonly partials = new Map<number, BegunPiece>();
  /** Pieces begun so far. */
  begun = 0;
  /** Bytes of all partial pieces, counted whole. */
  partialBytes = 0;

  constructor(readonly geometry: TorrentGeometry) {
    this.verified = new Uint8Array(geometry.pieceCount);
  }

  isVerified(piece: number): boolean {
    return this.verified[piece] === 1;
  }

  setVerified(piece: number, isVerified: boolean): void {
    this.verified[piece] = isVerified ? 1 : 0;
  }

  /** Nothing of the piece is left to be asked for. */
  isSettled(piece: number): boolean {
    return this.isVerified(piece) || this.partials.get(piece)?.missing === 0;
  }

  missingBlocks(piece: number): number {
    if (this.isVerified(piece)) return 0;
    return this.partials.get(piece)?.missing ?? this.geometry.blocksIn(piece);
  }

  find(piece: number): BegunPiece | undefined {
    return this.partials.get(piece);
  }

  begin(piece: number): BegunPiece {
    const known = this.partials.get(piece);
    if (known) return known;
    const begun: BegunPiece = new PartialPiece(
      piece,
      this.geometry.blocksIn(piece),
      this.geometry.pieceSize(piece),
    );
    begun.begun = ++this.begun;
    this.partials.set(piece, begun);
    this.partialBytes += begun.bytes;
    return begun;
  }

  forget(piece: BegunPiece): void {
    if (this.partials.delete(piece.index)) this.partialBytes -= piece.bytes;
  }

  all(): BegunPiece[] {
    return [...this.partials.values()];
  }
}
