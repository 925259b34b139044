/** The pieces a peer has, one bit each. */
export class PieceSet {
  private readonly bits: Uint8Array;

  constructor(private readonly pieceCount: number) {
    this.bits = new Uint8Array(Math.ceil(pieceCount / 8));
  }

  has(piece: number): boolean {
    return ((this.bits[piece >> 3] ?? 0) & (0x80 >> (piece & 7))) !== 0;
  }

  /** False when it was there already or lies outside the torrent. */
  add(piece: number): boolean {
    if (!Number.isInteger(piece) || piece < 0 || piece >= this.pieceCount || this.has(piece)) return false;
    this.bits[piece >> 3] = (this.bits[piece >> 3] ?? 0) | (0x80 >> (piece & 7));
    return true;
  }

  /** False when it was not there. */
  remove(piece: number): boolean {
    if (!this.has(piece)) return false;
    this.bits[piece >> 3] = (this.bits[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7));
    return true;
  }

  /** Pieces of a bitfield message (BEP 3: high bit first), spare bits ignored. */
  static *piecesOf(bitfield: Uint8Array, pieceCount: number): Generator<number> {
    for (let index = 0; index < bitfield.length; index++) {
      const byte = bitfield[index] ?? 0;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        const piece = index * 8 + bit;
        if (piece < pieceCount && (byte & (0x80 >> bit)) !== 0) yield piece;
      }
    }
  }
}
