import { createHash } from 'node:crypto';
import { blockLength } from './scheduler/torrent-geometry.js';

/** The bytes of a partial piece. It is hashed while it fills, so that a large piece costs no long pause at its end. */
export class PieceBuffer {
  private readonly here: Uint8Array;
  private readonly hash = createHash('sha1');
  /** Blocks hashed so far. */
  private hashed = 0;

  /** `bytes`: where they are put, as long as the piece. */
  constructor(readonly bytes: Uint8Array) {
    this.here = new Uint8Array(Math.ceil(bytes.length / blockLength));
  }

  /** Takes a block that is not here yet; `offset` on the block grid. */
  take(offset: number, block: Uint8Array): void {
    this.bytes.set(block, offset);
    this.here[offset / blockLength] = 1;
    const from = this.hashed;
    while (this.here[this.hashed] === 1) this.hashed += 1;
    if (this.hashed > from)
      this.hash.update(this.bytes.subarray(from * blockLength, this.hashed * blockLength));
  }

  /** Whether the whole piece has this SHA-1 sum; to be asked once, when every block is here. */
  matches(sum: Uint8Array): boolean {
    return this.hashed === this.here.length && this.hash.digest().equals(sum);
  }
}
