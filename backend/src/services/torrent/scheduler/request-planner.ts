import type { BackgroundPieces } from './background-pieces.js';
import type { Fleet, Quote } from './fleet.js';
import type { PieceTable } from './piece-table.js';
import type { SchedulerSettings } from './scheduler-types.js';
import { pieceOfStretch } from './server-stretches.js';
import type { BegunPiece } from './swarm-peer.js';
import { blockLength } from './torrent-geometry.js';
import type { WantedPiece, WantedPieces } from './wanted-pieces.js';

/** Pieces one peer is offered in one go. */
const maxOffers = 256;
/**
 * Share of the blocks under way that may be of a container's index while its reader wants other pieces: all peers at once
 * would bring it sooner, and leave the reader without its next piece for as long.
 */
const tailShare = 1 / 6;
/** Milliseconds before a piece is needed up to which a server is asked for it in its turn, like everybody else. */
const dueSoon = 4_000;
/** Milliseconds a piece waits for a peer above suspicion. */
const cleanGrace = 500;

export interface Assignment {
  piece: BegunPiece;
  block: number;
}

/** Says which block a peer is to be asked for next. One object for one moment of planning. */
export class RequestPlanner {
  /** Everything wanted before this place is asked for. */
  private firstOpen = 0;

  constructor(
    private readonly wanted: WantedPieces,
    private readonly table: PieceTable,
    private readonly fleet: Fleet,
    private readonly settings: SchedulerSettings,
  ) {}

  /** Everything in every window has been asked for. */
  get areWindowsFull(): boolean {
    this.skipSettled();
    return this.wanted.at(this.firstOpen) === undefined;
  }

  /**
   * The soonest needed block the peer has, unless the others will have finished that piece before the peer could send
   * one block of it: a piece is of use only when whole, so a slow peer would hold it up. It gets a later piece then.
   * With `onlyNext` only what a reader waits for is given.
   */
  next(quote: Quote, now: number, onlyNext: boolean): Assignment | null {
    const { finish } = quote;
    this.skipSettled();
    let ahead = 0;
    let spare: WantedPiece | undefined;
    let tail: WantedPiece | undefined;
    const others = this.fleet.bytesBefore(quote);
    for (let place = this.firstOpen; place < this.firstOpen + maxOffers; place++) {
      const wanted = this.wanted.at(place);
      if (!wanted || (onlyNext && !wanted.isNext)) break;
      if (wanted.isTail && !this.hasRoomForTail(wanted.piece)) {
        tail ??= wanted;
        continue;
      }
      if (wanted.timeLeft > dueSoon && this.isSpared(quote)) return this.inStretches(quote);
      ahead += this.table.missingBlocks(wanted.piece) * blockLength;
      if (!this.mayTake(quote, wanted.piece, wanted.isNext)) continue;
      if (this.isBetterLeft(quote, wanted.piece, ahead, others)) {
        // With time to spare it does no harm, should nothing else be left.
        if (2 * (finish - now) + 500 < wanted.timeLeft) spare = wanted;
        continue;
      }
      return this.take(quote, wanted.piece, wanted.isNext);
    }
    if (!spare && tail && this.mayTake(quote, tail.piece, false)) {
      ahead += this.table.missingBlocks(tail.piece) * blockLength;
      if (!this.isBetterLeft(quote, tail.piece, ahead, others)) spare = tail;
    }
    return spare ? this.take(quote, spare.piece) : null;
  }

  private hasRoomForTail(piece: number): boolean {
    const asked = this.table.find(piece)?.asks().length ?? 0;
    const underWay = this.fleet.quotes.reduce((sum, { peer }) => sum + peer.queue.length, 0);
    return asked < Math.max(1, underWay * tailShare);
  }

  /**
   * A block of a reader's next piece that nobody is asked for, since each peer left it to another: under suspicion
   * that can go round in a circle. The soonest peer gets it after all.
   */
  rescue(piece: number): { quote: Quote; assignment: Assignment } | null {
    const partial = this.table.find(piece);
    if (this.table.missingBlocks(piece) === 0 || (partial && partial.asks().length > 0)) return null;
    const quote = this.fleet.soonest(
      ({ peer }) => peer.pieces.has(piece) && (partial?.mayCome(peer.id) ?? true),
    );
    const assignment = quote ? this.take(quote, piece) : null;
    return quote && assignment ? { quote, assignment } : null;
  }

  /** A block for a peer that may not answer: the least urgent it has. */
  probe(quote: Quote): Assignment | null {
    this.skipSettled();
    let last = -1;
    for (let place = this.firstOpen; place < this.firstOpen + maxOffers; place++) {
      const wanted = this.wanted.at(place);
      if (!wanted) break;
      if (this.mayTake(quote, wanted.piece, false)) last = wanted.piece;
    }
    return last < 0 ? null : this.take(quote, last);
  }

  background(quote: Quote, background: BackgroundPieces): Assignment | null {
    const mayBegin = this.table.partialBytes + this.table.geometry.pieceLength <= this.settings.partialBytes;
    const { isServer, goesOnAt } = quote.peer;
    if (isServer && mayBegin && background.wants(goesOnAt) && !this.table.isSettled(goesOnAt))
      if (this.mayTake(quote, goesOnAt, false)) return this.take(quote, goesOnAt);
    const piece = background.next(quote.peer, (index) => this.mayTake(quote, index, false), mayBegin);
    return piece < 0 ? null : this.take(quote, piece);
  }

  /** A server, with peers that fetch what is needed before long. */
  private isSpared({ peer, isSuspect }: Quote): boolean {
    return peer.isServer && !isSuspect && this.fleet.quotes.some((other) => isSwarm(other));
  }

  /** What a server is asked for of that which is not needed soon. */
  private inStretches(quote: Quote): Assignment | null {
    const { peer } = quote;
    const pieces: number[] = [];
    for (let place = this.firstOpen; place < this.firstOpen + maxOffers; place++) {
      const wanted = this.wanted.at(place);
      if (!wanted) break;
      const { piece, timeLeft, isTail } = wanted;
      const partial = this.table.find(piece);
      if (!this.mayTake(quote, piece, false)) continue;
      if (partial?.onlyPeer === peer.id) return this.take(quote, piece);
      if (!this.fleet.quotes.some((other) => isSwarm(other) && other.peer.pieces.has(piece)))
        return this.take(quote, piece);
      const isBegun = partial !== undefined && !partial.isUntouched;
      if (timeLeft > dueSoon && !isTail && !isBegun) pieces.push(piece);
    }
    const rateOf = (rate: number, { blockTime }: Quote) => rate + 1 / blockTime;
    const others = this.fleet.quotes.filter(isSwarm).reduce(rateOf, 0);
    const piece = pieceOfStretch({
      pieces: pieces.sort((a, b) => a - b),
      pieceLength: this.table.geometry.pieceLength,
      goesOnAt: peer.goesOnAt,
      othersShare: others / rateOf(others, quote),
    });
    return piece === null ? null : this.take(quote, piece);
  }

  private skipSettled(): void {
    for (;;) {
      const wanted = this.wanted.at(this.firstOpen);
      if (!wanted || this.table.missingBlocks(wanted.piece) > 0) return;
      this.firstOpen += 1;
    }
  }

  private mayTake(quote: Quote, piece: number, isNext: boolean): boolean {
    const { peer, isSuspect } = quote;
    if (!peer.pieces.has(piece)) return false;
    const partial = this.table.find(piece);
    // A failed piece it was chosen to send again comes before its trial.
    const isNew = !partial || (partial.isUntouched && !partial.onlyPeers?.has(peer.id));
    if (isSuspect && isNew && this.isOnTrialElsewhere(peer.id, piece)) {
      // Nor may a trial keep a reader waiting that nobody else can help.
      if (!isNext || this.isCleanSoon(quote, piece)) return false;
    }
    if (!partial) {
      return (
        isNext || this.table.partialBytes + this.table.geometry.pieceSize(piece) <= this.settings.partialBytes
      );
    }
    if (partial.missing === 0 || !partial.mayCome(peer.id)) return false;
    if ((isSuspect || (peer.isServer && !isNext)) && !this.mayShare(partial, quote)) return false;
    return partial.nextMissing(peer.id) >= 0;
  }

  /** A suspect has one piece at a time, so that it can spoil no more. */
  private isOnTrialElsewhere(peerId: string, piece: number): boolean {
    return this.table.all().some(({ onlyPeer, index }) => onlyPeer === peerId && index !== piece);
  }

  /** Suspects and servers get pieces of their own, unless nobody else can soon go on with what is begun. */
  private mayShare(partial: BegunPiece, quote: Quote): boolean {
    const peerId = quote.peer.id;
    if (partial.onlyPeer === peerId || partial.onlyPeers?.has(peerId) || partial.isUntouched) return true;
    return !this.isCleanSoon(quote, partial.index);
  }

  /** A peer above suspicion could have a block of the piece here before long. */
  private isCleanSoon({ finish: mine }: Quote, piece: number): boolean {
    return this.fleet.quotes.some(
      ({ peer, finish, isSuspect }) => finish < mine + cleanGrace && !isSuspect && peer.pieces.has(piece),
    );
  }

  private isBetterLeft(quote: Quote, piece: number, ahead: number, others: number): boolean {
    const { peer, finish, blockTime, isSuspect } = quote;
    const partial = this.table.find(piece);
    if (partial?.onlyPeer === peer.id || partial?.onlyPeers) return false;
    if (isSuspect) {
      return this.isDoneSooner(peer.id, piece, finish, blockTime);
    }
    return others >= ahead && this.fleet.bytesBefore(quote, piece) >= ahead;
  }

  /** Somebody else could send the whole piece before a suspect, who must send it alone. */
  private isDoneSooner(peerId: string, piece: number, finish: number, blockTime: number): boolean {
    const rest = this.table.geometry.blocksIn(piece) - 1;
    return this.fleet.quotes.some(
      (other) =>
        other.peer.id !== peerId &&
        other.peer.pieces.has(piece) &&
        !(other.isSuspect && this.isOnTrialElsewhere(other.peer.id, piece)) &&
        other.finish + rest * other.blockTime < finish + rest * blockTime,
    );
  }

  private take({ peer, isSuspect }: Quote, index: number, isNext = false): Assignment | null {
    const piece = this.table.begin(index);
    const block = piece.nextMissing(peer.id);
    if (block < 0) return null;
    const isOwn = isSuspect || (peer.isServer && !isNext);
    if (isOwn && !piece.onlyPeers && piece.isUntouched) piece.onlyPeer = peer.id;
    if (!isNext) peer.goesOnAt = index + 1;
    return { piece, block };
  }
}

/** A peer that may share pieces, and is no server. */
function isSwarm({ peer, isSuspect }: Quote): boolean {
  return !peer.isServer && !isSuspect;
}
