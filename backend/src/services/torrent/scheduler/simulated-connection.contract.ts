import { promise } from './broken-promise.contract.js';
import type { BlockRequest } from './scheduler-types.js';
import type { SimulatedPeer } from './simulated-peer.contract.js';

/** Requests no client takes more of. */
const mostOutstanding = 250;

/** The near side of the connection to a simulated peer: what is owed on it. Throws when more or other is asked than may be. */
export class Connection {
  isChoking = true;
  private readonly outstanding = new Map<string, BlockRequest>();

  constructor(readonly peer: SimulatedPeer) {}

  get outstandingCount(): number {
    return this.outstanding.size;
  }

  get askedPieces(): number[] {
    return [...this.outstanding.values()].map(({ piece }) => piece);
  }

  requested(request: BlockRequest): void {
    promise(!this.isChoking, 'request while choked');
    promise(this.peer.traits.has(request.piece), 'request for a piece the peer lacks');
    promise(!this.outstanding.has(keyOf(request)), 'the same request twice');
    this.outstanding.set(keyOf(request), request);
    promise(this.outstanding.size <= mostOutstanding, 'more outstanding than the cap');
  }

  cancelled(request: BlockRequest): void {
    promise(this.settled(request), 'cancel of nothing outstanding');
  }

  /** The block came or was refused; false when it was not owed any more. */
  settled(request: BlockRequest): boolean {
    return this.outstanding.delete(keyOf(request));
  }

  choked(): void {
    this.isChoking = true;
    this.outstanding.clear();
    this.peer.choke();
  }

  /** It is idle, has the piece and would send a block of it within 2 s. */
  couldSend(piece: number): boolean {
    const { isSilent, stalls, rejects, rate, has } = this.peer.traits;
    const isReliable = !isSilent && stalls.length === 0 && rejects === 0 && rate >= 50;
    return isReliable && !this.isChoking && has(piece) && this.outstanding.size < 2;
  }
}

function keyOf({ piece, offset }: BlockRequest): string {
  return `${piece}:${offset}`;
}
