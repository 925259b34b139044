import { promise } from './broken-promise.contract.js';
import type { Arrival, BlockRequest } from './scheduler-types.js';
import { blockLength, type TorrentGeometry } from './torrent-geometry.js';

/** What the binding holds: the buffers of partial pieces, and which pieces are verified. */
export class SimulatedPieces {
  readonly verified = new Set<number>();
  private readonly buffers = new Map<number, { here: Set<number>; isPoisoned: boolean }>();

  constructor(private readonly geometry: TorrentGeometry) {}

  /** Bytes of partial pieces, counted whole. */
  get partialBytes(): number {
    return [...this.buffers.keys()].reduce((sum, piece) => sum + this.geometry.pieceSize(piece), 0);
  }

  /** All of the piece has come, and it is being verified. */
  isWhole(piece: number): boolean {
    return this.buffers.get(piece)?.here.size === this.geometry.blocksIn(piece);
  }

  /** Throws when there is no reason to ask for the block. */
  checkRequest({ piece, offset, length }: BlockRequest): void {
    promise(!this.verified.has(piece), 'request for a piece that is here');
    promise(!this.buffers.get(piece)?.here.has(offset), 'request for a block that is here');
    promise(offset % blockLength === 0, 'request off the block grid');
    promise(length === this.geometry.blockSize(piece, offset / blockLength), 'request of a wrong length');
  }

  /** Takes a block in, as the scheduler says it should be. */
  accept(
    { piece, offset }: BlockRequest,
    isPoison: boolean,
    arrival: Exclude<Arrival, 'duplicate' | 'unwanted'>,
  ): void {
    const buffer = this.buffers.get(piece) ?? { here: new Set<number>(), isPoisoned: false };
    this.buffers.set(piece, buffer);
    promise(!this.verified.has(piece), 'accepted a block of a verified piece');
    promise(!buffer.here.has(offset), 'accepted a block twice');
    buffer.here.add(offset);
    if (isPoison) buffer.isPoisoned = true;
    promise(this.isWhole(piece) === (arrival === 'completed'), 'completed does not mean whole');
  }

  /** Checks a whole piece, which is here from then on; false when a block of it was bad. */
  verify(piece: number): boolean {
    const isGood = this.buffers.get(piece)?.isPoisoned === false;
    this.buffers.delete(piece);
    if (isGood) this.verified.add(piece);
    return isGood;
  }

  dropPartial(piece: number): void {
    this.buffers.delete(piece);
  }
}
