import type { BlockRequest } from './scheduler-types.js';

/** How a simulated peer behaves. Times in milliseconds, speed in bytes per millisecond (the same as KB/s). */
export interface PeerTraits {
  id: string;
  rate: number;
  roundTrip: number;
  /** Added to each block's way, at most. */
  jitter: number;
  joinAt: number;
  unchokeAt: number;
  leaveAt: number;
  /** Takes requests and never answers. */
  isSilent: boolean;
  /** Sends nothing in these spans. */
  stalls: readonly { from: number; to: number }[];
  /** Chokes for these spans. */
  chokes: readonly { from: number; to: number }[];
  /** Share of blocks with wrong bytes. */
  poison: number;
  /** Share of requests it rejects. */
  rejects: number;
  /** Hands what it is asked for to its network at once, from where no cancel calls it back. */
  keepsCancelled: boolean;
  has: (piece: number) => boolean;
}

export function peerTraits(id: string, traits: Partial<PeerTraits>): PeerTraits {
  return {
    id,
    rate: 1_500,
    roundTrip: 40,
    jitter: 0,
    joinAt: 0,
    unchokeAt: 0,
    leaveAt: Number.POSITIVE_INFINITY,
    isSilent: false,
    stalls: [],
    chokes: [],
    poison: 0,
    rejects: 0,
    keepsCancelled: false,
    has: () => true,
    ...traits,
  };
}

/** The far side of a connection: a queue of requests behind one serial link. */
export class SimulatedPeer {
  private readonly queue: BlockRequest[] = [];
  private isSending = false;
  private lastArrival = 0;
  private isGone = false;

  constructor(
    readonly traits: PeerTraits,
    private readonly world: {
      at: (time: number, run: () => void) => void;
      now: () => number;
      random: () => number;
      deliver: (block: BlockRequest, isPoison: boolean) => void;
      reject: (block: BlockRequest) => void;
    },
  ) {}

  /** Called when the request reaches the peer. */
  request(block: BlockRequest): void {
    if (this.isGone || this.isChokingAt(this.world.now())) return;
    if (this.world.random() < this.traits.rejects) {
      this.world.at(this.world.now() + this.traits.roundTrip / 2, () => this.world.reject(block));
      return;
    }
    this.queue.push(block);
    this.send();
  }

  /** Called when the cancel reaches the peer; a block being sent goes on. */
  cancel({ piece, offset }: BlockRequest): void {
    if (this.traits.keepsCancelled) return;
    const place = this.queue.findIndex((block) => block.piece === piece && block.offset === offset);
    if (place >= 0) this.queue.splice(place, 1);
  }

  choke(): void {
    this.queue.length = 0;
  }

  leave(): void {
    this.isGone = true;
    this.queue.length = 0;
  }

  isChokingAt(time: number): boolean {
    return (
      time < this.traits.unchokeAt || this.traits.chokes.some(({ from, to }) => time >= from && time < to)
    );
  }

  private send(): void {
    const { world, traits } = this;
    if (this.isSending || traits.isSilent) return;
    const block = this.queue.shift();
    if (!block) return;
    this.isSending = true;
    const stall = traits.stalls.find(({ from, to }) => world.now() >= from && world.now() < to);
    const sent = (stall?.to ?? world.now()) + block.length / traits.rate;
    world.at(sent, () => {
      this.isSending = false;
      const arrival = Math.max(
        this.lastArrival,
        sent + traits.roundTrip / 2 + world.random() * traits.jitter,
      );
      this.lastArrival = arrival;
      const isPoison = world.random() < traits.poison;
      world.at(arrival, () => {
        if (!this.isGone) world.deliver(block, isPoison);
      });
      this.send();
    });
  }
}
