import { CancelledAsks } from './cancelled-asks.js';
import type { PartialPiece } from './partial-piece.js';
import type { PeerPace } from './peer-pace.js';
import { PieceSet } from './piece-set.js';

/** A piece with requests to peers. */
export type BegunPiece = PartialPiece<Ask>;

/** A block asked of a peer. */
export interface Ask {
  readonly peer: SwarmPeer;
  readonly piece: BegunPiece;
  readonly block: number;
  readonly sentAt: number;
  /** When it should arrive, as thought when it was asked for. */
  readonly expectedAt: number;
  readonly clean: boolean;
  readonly full: boolean;
  /** Asked besides another peer; counts against the duplicates allowed. */
  readonly isHedge: boolean;
}

/** Milliseconds of work beyond a round trip that keep a peer from idling between two plans. */
const minSpare = 15;

/** One peer: what it has, what it owes, and whether it may be asked. */
export class SwarmPeer {
  readonly pieces: PieceSet;
  /** What it owes, oldest first; peers answer in this order. */
  readonly queue: Ask[] = [];
  isChoking = true;
  isSnubbed = false;
  /** Blocks it takes requests for at once, as it says itself. */
  mostOwed = Number.POSITIVE_INFINITY;
  /** Nothing is asked of it before this time. */
  restUntil = 0;
  /** The piece after the last it was asked for beside what readers wait for. */
  goesOnAt = -1;
  /** Silences in a row, each doubling the time to the next probe. */
  private snubs = 0;
  private rejects = 0;
  /** Silence of requests cancelled meanwhile: a seek does not clear a debt. */
  private carried = 0;
  /** When it will be through with a cancelled block. */
  private engagedUntil = 0;
  private readonly cancelled: CancelledAsks<Ask>;

  constructor(
    readonly id: string,
    readonly pace: PeerPace,
    pieceCount: number,
    /** Keeps whole files, and gives stretches of them: blocks here and there are dear. */
    readonly isServer = false,
  ) {
    this.pieces = new PieceSet(pieceCount);
    this.cancelled = new CancelledAsks(pace);
  }

  /** Milliseconds the peer has owed something without sending anything. */
  silence(now: number): number {
    return this.carried + (this.queue.length === 0 ? 0 : Math.max(0, now - this.busySince()));
  }

  /**
   * When the block at `place` of the queue should arrive. A silence is expected to last as long again; twice as long,
   * and with every block, from a peer that has never sent one.
   */
  arrivalAt(place: number, now: number): number {
    const { blockTime, isProven, roundTrip } = this.pace;
    const silence = this.silence(now);
    const late = isProven ? now + silence : now + 2 * silence;
    const first = silence > blockTime ? late : this.busySince() + blockTime;
    const each = isProven ? blockTime : Math.max(blockTime, silence);
    const asked = this.queue[place]?.sentAt ?? now;
    return Math.max(asked + roundTrip + blockTime, first + (place + this.cancelled.owed(now, asked)) * each);
  }

  /** When the peer could begin to send one block more. */
  freeAt(now: number): number {
    const soonest = now + this.pace.roundTrip + 2 * this.carried;
    if (this.queue.length === 0)
      return Math.max(
        soonest,
        this.engagedUntil,
        this.busySince() + this.cancelled.owed(now) * this.pace.blockTime,
      );
    return Math.max(soonest, this.arrivalAt(this.queue.length - 1, now));
  }

  /** Blocks it may be asked for now. */
  room(now: number): number {
    if (this.isChoking || now < this.restUntil) return 0;
    if (this.isSnubbed) return this.queue.length === 0 ? 1 : 0;
    // More for a peer that has gone quiet is more that waits for it.
    if (this.isQuiet(now)) return this.queue.length === 0 ? 1 : 0;
    // One at least: its answer tells whether what was cancelled is still to come.
    const least = this.queue.length === 0 ? 1 : 0;
    // What it was cancelled it may still have in its queue.
    return Math.max(least, Math.min(this.pace.capacity(now), this.mostOwed) - this.owed(now));
  }

  /** Blocks it has to send, cancelled ones it will send all the same included. */
  owed(now: number): number {
    return this.queue.length + this.cancelled.owed(now);
  }

  /** Alive as far as can be seen, so that it will have room before long. */
  isAble(now: number): boolean {
    return !this.isChoking && !this.isSnubbed && now >= this.restUntil && !this.isQuiet(now);
  }

  /** True when it owes enough to be busy for a round trip, so that asking for more can wait. */
  isBusy(now: number): boolean {
    return this.freeAt(now) > now + this.pace.roundTrip + Math.max(minSpare, this.pace.blockTime);
  }

  /** Takes an ask off the queue because it was cancelled. */
  withdraw(ask: Ask, now: number): void {
    const silence = this.silence(now);
    const place = this.queue.indexOf(ask);
    // What is being sent cannot be called back, and holds up what comes behind it.
    if (place === 0 && this.pace.isProven) {
      this.engagedUntil = Math.max(
        this.engagedUntil,
        Math.min(this.arrivalAt(0, now), now + this.pace.blockTime),
      );
    }
    if (place >= 0) this.queue.splice(place, 1);
    if (this.queue.length === 0) this.carried = silence > 2 * this.pace.blockTime ? silence : 0;
    this.cancelled.add(ask, now);
  }

  /** A block came: takes what it answers off the books, owed or cancelled meanwhile; false when never asked for. */
  delivered(piece: number, block: number, bytes: number, now: number): boolean {
    const place = this.queue.findIndex((ask) => ask.piece.index === piece && ask.block === block);
    const owed = this.queue[place];
    const ask = owed ?? this.cancelled.delivered(piece, block, now);
    if (!ask) return false;
    if (owed) {
      this.queue.splice(place, 1);
      this.cancelled.passedBy(owed);
    }
    this.lives();
    // A cancelled block tells the pace of the line, not the way: who knows what it waited behind.
    this.pace.arrived({
      bytes,
      now,
      sentAt: ask.sentAt,
      clean: owed !== undefined && ask.clean,
      full: owed !== undefined && ask.full,
    });
    return true;
  }

  snub(now: number): void {
    this.isSnubbed = true;
    this.snubs += 1;
    this.restUntil = now + Math.min(60_000, 10_000 * 2 ** (this.snubs - 1));
  }

  /** A peer that keeps rejecting rests, longer each time. */
  rejected(ask: Ask, now: number): void {
    const place = this.queue.indexOf(ask);
    if (place >= 0) this.queue.splice(place, 1);
    this.rejects += 1;
    if (this.rejects >= 4) this.restUntil = now + Math.min(60_000, 250 * 2 ** (this.rejects - 4));
  }

  private isQuiet(now: number): boolean {
    return this.silence(now) > this.pace.quietAfter;
  }

  /** Since when it has been working on the oldest block it owes, or will be. */
  private busySince(): number {
    return Math.max(
      this.engagedUntil,
      this.pace.lastArrival ?? 0,
      (this.queue[0]?.sentAt ?? 0) + this.pace.roundTrip,
    );
  }

  private lives(): void {
    this.carried = 0;
    this.engagedUntil = 0;
    this.rejects = 0;
    if (!this.isSnubbed) this.snubs = 0;
    else this.restUntil = 0;
    this.isSnubbed = false;
  }
}
