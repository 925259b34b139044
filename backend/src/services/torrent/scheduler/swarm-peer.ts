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

interface CancelledAsk {
  readonly ask: Ask;
  readonly at: number;
  /** Something asked for later has come. */
  isOvertaken: boolean;
}

const maxRemembered = 512;
/** Milliseconds of silence after which a peer that owes blocks is given no more. */
const maxQuiet = 100;
/** Milliseconds a block takes on a line so narrow that blocks cancelled are thought to be under way until it is known better. */
const slowBlock = 100;
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
  /** Asks nothing before this time. */
  restUntil = 0;
  /** Silences in a row, each doubling the time to the next probe. */
  private snubs = 0;
  private rejects = 0;
  /** Silence of requests cancelled meanwhile: a seek does not clear a debt. */
  private carried = 0;
  /** When it will be through with a cancelled block. */
  private engagedUntil = 0;
  /** Cancelled blocks that may be on their way. */
  private readonly cancelled = new Map<number, CancelledAsk>();
  /**
   * Blocks came that had been cancelled long before: its line has a long buffer, or it does not listen. What it is
   * cancelled it still has to send, and every further block waits behind that. Null until it has shown either.
   */
  private keepsCancelled: boolean | null = null;

  constructor(
    readonly id: string,
    readonly pace: PeerPace,
    pieceCount: number,
    /** Keeps whole files, and gives stretches of them: blocks here and there are dear. */
    readonly isServer = false,
  ) {
    this.pieces = new PieceSet(pieceCount);
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
    return Math.max(asked + roundTrip + blockTime, first + (place + this.kept(now, asked)) * each);
  }

  /** When the peer could begin to send one block more. */
  freeAt(now: number): number {
    const soonest = now + this.pace.roundTrip + 2 * this.carried;
    if (this.queue.length === 0)
      return Math.max(soonest, this.engagedUntil, this.busySince() + this.kept(now) * this.pace.blockTime);
    return Math.max(soonest, this.arrivalAt(this.queue.length - 1, now));
  }

  /** Blocks it may be asked for now. */
  room(now: number): number {
    if (this.isChoking || now < this.restUntil) return 0;
    if (this.isSnubbed) return this.queue.length === 0 ? 1 : 0;
    // More for a peer that has gone quiet is more that waits for it.
    if (this.silence(now) > Math.max(maxQuiet, 4 * this.pace.blockTime))
      return this.queue.length === 0 ? 1 : 0;
    // One at least: its answer tells whether what was cancelled is still to come.
    const least = this.queue.length === 0 ? 1 : 0;
    // What it was cancelled it may still have in its queue.
    return Math.max(least, Math.min(this.pace.capacity(now), this.mostOwed) - this.owed(now));
  }

  /** Blocks it has to send, cancelled ones it will send all the same included. */
  owed(now: number): number {
    return this.queue.length + this.kept(now);
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
    this.cancelled.set(keyOf(ask), { ask, at: now, isOvertaken: false });
    const [first] = this.cancelled.keys();
    if (this.cancelled.size > maxRemembered && first !== undefined) this.cancelled.delete(first);
  }

  /** A block came: takes what it answers off the books, owed or cancelled meanwhile; false when never asked for. */
  delivered(piece: number, block: number, bytes: number, now: number): boolean {
    const place = this.queue.findIndex((ask) => ask.piece.index === piece && ask.block === block);
    const key = piece * 4096 + block;
    const kept = place >= 0 ? undefined : this.cancelled.get(key);
    const ask = this.queue[place] ?? kept?.ask;
    if (!ask) return false;
    if (place >= 0) this.queue.splice(place, 1);
    else this.cancelled.delete(key);
    this.learnOfCancels(ask, kept?.at ?? null, now);
    this.lives();
    // A cancelled block tells the pace of the line, not the way: who knows what it waited behind.
    const isOwed = place >= 0;
    this.pace.arrived({
      bytes,
      now,
      sentAt: ask.sentAt,
      clean: isOwed && ask.clean,
      full: isOwed && ask.full,
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

  /** Cancelled blocks still to come, of those asked for by `until`. */
  private kept(now: number, until = now): number {
    const { lastArrival, roundTrip, blockTime } = this.pace;
    if (!(this.keepsCancelled ?? blockTime > slowBlock)) return 0;
    let count = 0;
    for (const { ask, at, isOvertaken } of this.cancelled.values()) {
      const heardOf = Math.max(at, lastArrival ?? 0) + roundTrip;
      // Nothing came for so long: it listened this time.
      if (now > heardOf + Math.max(maxQuiet, 4 * blockTime)) continue;
      if (!isOvertaken && ask.sentAt <= until) count += 1;
    }
    return count;
  }

  /** Peers answer in order: what was asked for before `ask` and has not come by now was called back in time. */
  private learnOfCancels(ask: Ask, cancelledAt: number | null, now: number): void {
    const { roundTrip, blockTime } = this.pace;
    if (cancelledAt !== null && now - cancelledAt > roundTrip + 2 * blockTime) this.keepsCancelled = true;
    for (const older of this.cancelled.values()) {
      if (older.isOvertaken || older.ask.sentAt >= ask.sentAt) continue;
      older.isOvertaken = true;
      if (cancelledAt === null) this.keepsCancelled = false;
    }
  }

  private isQuiet(now: number): boolean {
    return this.silence(now) > Math.max(maxQuiet, 4 * this.pace.blockTime);
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

function keyOf({ piece, block }: Ask): number {
  return piece.index * 4096 + block;
}
