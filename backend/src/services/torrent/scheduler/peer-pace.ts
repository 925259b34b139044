import type { PacePrior } from './pace-prior.js';
import { blockLength } from './torrent-geometry.js';

const minBlocks = 2;
const maxBlocks = 250;
/** Milliseconds over which the speed is averaged. */
const memory = 400;
/** Milliseconds of sending gathered before they count: clocks tick in whole milliseconds. */
const minSample = 4;
/** Milliseconds after which the round trip is measured again with a short queue, in doubt and in any case. */
const minRoundTripAge = 2_000;
const roundTripAge = 30_000;

/** Milliseconds; what took longer waited at the peer, and a queue as deep as that would hold up what is due. */
const maxRoundTrip = 1_000;

/** Milliseconds a block takes on a narrow line. */
const slowBlock = 100;
/** Milliseconds. */
const minQuiet = 100;

/** How a block travelled. */
export interface BlockTrip {
  bytes: number;
  now: number;
  sentAt: number;
  /** Nothing else was owed when it was asked for, so its time holds no queueing. */
  clean: boolean;
  /** It filled the queue: a peer that answers it at once could have been asked for more. */
  full: boolean;
}

/**
 * Speed and round trip of one peer, from when its blocks arrive, and how many blocks to keep asked of it: its
 * bandwidth-delay product and a margin. Until its answers begin to queue up it is asked for one more with every block
 * (as TCP starts), since a queue that is too short looks just like a slow peer.
 */
export class PeerPace {
  /** Bytes per millisecond; null before there is a sample. */
  private rate: number | null = null;
  private samples = 0;
  private pendingBytes = 0;
  private pendingTime = 0;
  private growing = true;
  private grown = 0;
  private roundTripAt = 0;
  private rateThen = 0;
  /** Bytes per millisecond, from the first block. */
  private guess = Number.POSITIVE_INFINITY;
  private shortestTrip = Number.POSITIVE_INFINITY;
  /** When the last block came; null before the first. */
  lastArrival: number | null = null;

  constructor(
    private readonly prior: Readonly<PacePrior>,
    private readonly margin: number,
    private measuredRoundTrip: number | null,
  ) {}

  get isProven(): boolean {
    return this.lastArrival !== null;
  }

  get measuredRate(): number | null {
    return this.rate;
  }

  get knownRoundTrip(): number | null {
    return this.measuredRoundTrip;
  }

  get roundTrip(): number {
    return this.measuredRoundTrip ?? this.prior.roundTrip;
  }

  /** Milliseconds the peer takes to send a block. */
  get blockTime(): number {
    return blockLength / (this.rate ?? Math.min(this.guess, this.prior.rate));
  }

  /** Its blocks come in lumps, with long waits between. */
  get isNarrow(): boolean {
    return this.blockTime > slowBlock;
  }

  /** Milliseconds of silence after which a peer that owes blocks has gone quiet. */
  get quietAfter(): number {
    return Math.max(minQuiet, 4 * this.blockTime);
  }

  arrived({ bytes, now, sentAt, clean, full }: BlockTrip): void {
    const trip = now - sentAt;
    this.measureRate({ bytes, now, sentAt, clean, full });
    this.measureRoundTrip(trip, now, clean);
    const queued = trip - this.roundTrip - this.blockTime;
    if (this.growing) {
      this.grown += 1;
      if (queued > this.margin) this.growing = false;
    } else if (full && queued < this.margin / 3) {
      this.grown = Math.max(0, Math.ceil(this.steadyBlocks()) - this.prior.blocks) + 1;
      this.growing = true;
    }
  }

  /** Blocks to keep asked of the peer, 2 to 250. */
  capacity(now: number): number {
    // One block with nothing before it tells the round trip.
    if (this.isDoubtful(now)) return 1;
    const steady = this.steadyBlocks();
    // Even a queue that was too short shows half of what the peer can do.
    const most = this.rate === null ? maxBlocks : 2 * steady;
    const blocks = this.growing ? Math.min(most, Math.max(this.prior.blocks + this.grown, steady)) : steady;
    return Math.min(maxBlocks, Math.max(minBlocks, Math.ceil(blocks)));
  }

  private steadyBlocks(): number {
    if (this.rate === null) return this.prior.blocks;
    return (this.rate * (this.roundTrip + this.margin)) / blockLength;
  }

  private measureRate({ bytes, now, sentAt, clean }: BlockTrip): void {
    const previous = this.lastArrival;
    this.lastArrival = now;
    if (this.measuredRoundTrip === null && (previous === null || clean)) {
      // Nothing tells the way from the sending yet: a guess, to tell a slow peer from a fast one at its first block.
      this.guess = Math.min(this.guess, bytes / Math.max(minSample, now - sentAt - this.prior.roundTrip));
      return;
    }
    const began = Math.max(
      previous ?? 0,
      this.measuredRoundTrip === null ? 0 : sentAt + this.measuredRoundTrip,
    );
    this.pendingBytes += bytes;
    this.pendingTime += Math.max(0, now - began);
    if (this.pendingTime < minSample) return;
    const sample = this.pendingBytes / this.pendingTime;
    this.samples += 1;
    const weight = Math.max(1 - Math.exp(-this.pendingTime / memory), 1 / this.samples);
    this.rate = this.rate === null ? sample : this.rate + (sample - this.rate) * weight;
    this.pendingBytes = 0;
    this.pendingTime = 0;
  }

  private measureRoundTrip(trip: number, now: number, clean: boolean): void {
    this.shortestTrip = Math.min(this.shortestTrip, trip);
    if (this.rate === null) return;
    const sample = Math.min(maxRoundTrip, Math.max(0, trip - this.blockTime));
    const known = this.measuredRoundTrip;
    if (known === null)
      this.measuredRoundTrip = Math.min(maxRoundTrip, Math.max(0, this.shortestTrip - this.blockTime));
    else if (sample < known || (clean && this.isDoubtful(now))) this.measuredRoundTrip = sample;
    else if (clean) this.measuredRoundTrip = known + (sample - known) / 4;
    else return;
    this.roundTripAt = now;
    this.rateThen = this.rate;
  }

  /**
   * The round trip was measured long ago, or the peer has slowed a lot since: the way may have become longer, and a
   * queue too short for it would make the peer look ever slower.
   */
  private isDoubtful(now: number): boolean {
    if (this.rate === null) return false;
    const age = now - this.roundTripAt;
    return age > roundTripAge || (age > minRoundTripAge && this.rate < this.rateThen / 2);
  }
}
