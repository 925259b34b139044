/** Bytes of a block; every client answers this size (BEP 3). */
export const blockLength = 16 * 1024;

/** Where pieces and blocks lie in a torrent. All lengths in bytes. */
export class TorrentGeometry {
  readonly pieceCount: number;

  constructor(
    readonly length: number,
    readonly pieceLength: number,
  ) {
    this.pieceCount = Math.ceil(length / pieceLength);
  }

  pieceAt(byte: number): number {
    return Math.min(this.pieceCount - 1, Math.max(0, Math.floor(byte / this.pieceLength)));
  }

  pieceSize(piece: number): number {
    return Math.min(this.pieceLength, this.length - piece * this.pieceLength);
  }

  blocksIn(piece: number): number {
    return Math.ceil(this.pieceSize(piece) / blockLength);
  }

  blockSize(piece: number, block: number): number {
    return Math.min(blockLength, this.pieceSize(piece) - block * blockLength);
  }
}
