import type { Fleet, Quote } from './fleet.js';
import type { PieceTable } from './piece-table.js';
import type { ReaderWindow } from './reader-window.js';
import type { Ask, SwarmPeer } from './swarm-peer.js';

/** Missing pieces of each reader that are watched for late blocks. */
const watchedPieces = 3;
/** Milliseconds before a piece is needed in which its late blocks are asked twice. */
const horizon = 3_000;
/** Milliseconds a second peer must be sooner by. */
const minGain = 20;

interface LateBlock {
  ask: Ask;
  rank: number;
  arrivalAt: number;
  neededBy: number;
  /** Late by more than there is to gain with everybody. */
  isOverdue: boolean;
}

/** Finds what stands between a reader and its next pieces and would come sooner from somebody else. */
export class LateBlocks {
  private readonly ranks = new Map<number, number>();

  constructor(
    readers: Iterable<ReaderWindow>,
    private readonly table: PieceTable,
    private readonly now: number,
  ) {
    for (const reader of readers) this.watch(reader);
  }

  /** Somebody waits for blocks asked for already, so it is worth looking again soon. */
  get isWatching(): boolean {
    return this.ranks.size > 0;
  }

  /**
   * Some of those blocks are at peers that have sent nothing yet: whoever is known to deliver had better not be laden
   * with later pieces before these have shown themselves.
   */
  areWithStrangers(peers: Iterable<SwarmPeer>): boolean {
    if (this.ranks.size === 0) return false;
    for (const { pace, queue } of peers) {
      if (!pace.isProven && queue.some(({ piece }) => this.ranks.get(piece.index) === 0)) return true;
    }
    return false;
  }

  /**
   * Asks others for late blocks: those whose peer takes half as long again as it should have, or has sent nothing
   * at all so far. Of the piece a reader needs next, and with `isEndGame`, when the peers asked have nothing else to do,
   * any real gain is reason enough.
   */
  hedge(
    fleet: Fleet,
    peers: Iterable<SwarmPeer>,
    isEndGame: boolean,
    ask: (late: Ask, quote: Quote) => boolean,
  ): void {
    if (this.ranks.size === 0) return;
    // Nobody can be sooner than this, so most blocks need no closer look.
    const soonest = fleet.soonest(({ peer }) => peer.pace.isProven)?.finish ?? Number.POSITIVE_INFINITY;
    const found = this.find(peers, isEndGame, soonest);
    for (const block of found) {
      const { ask: late } = block;
      const second = fleet.soonest((quote) => isWorthIt(block, quote));
      if (!second) continue;
      const first = second.peer.isServer
        ? found.filter((other) => other.ask.piece === late.piece && isWorthIt(other, second)).sort(byPlace)[0]
        : block;
      if (first && !ask(first.ask, second)) return;
    }
  }

  /** Blocks to be asked of somebody who has them here after `soonest` and before `neededBy`, the most urgent first. */
  private find(peers: Iterable<SwarmPeer>, isEndGame: boolean, soonest: number): LateBlock[] {
    const found: LateBlock[] = [];
    for (const peer of peers) {
      for (let place = 0; place < peer.queue.length; place++) {
        const ask = peer.queue[place];
        if (!ask) break;
        const rank = this.ranks.get(ask.piece.index);
        if (rank === undefined) continue;
        const arrivalAt = peer.arrivalAt(place, this.now);
        if (arrivalAt <= soonest) continue;
        const neededBy = this.neededBy(ask, arrivalAt, rank, isEndGame);
        if (neededBy <= soonest || ask.piece.hasSecond(ask.block, this.now)) continue;
        found.push({ ask, arrivalAt, neededBy, rank, isOverdue: isLate(ask, arrivalAt) });
      }
    }
    return found.sort((a, b) => a.rank - b.rank || b.arrivalAt - a.arrivalAt);
  }

  /** When a second peer would have to have the block here to be worth it; 0 when the first is good enough. */
  private neededBy(ask: Ask, arrivalAt: number, rank: number, isEndGame: boolean): number {
    const late = isLate(ask, arrivalAt);
    if (!isEndGame && rank > 0 && !late) return 0;
    const gain = ask.peer.pace.isProven || isEndGame ? minGain : 0;
    return arrivalAt - (isEndGame || !late ? Math.max(gain, (arrivalAt - this.now) / 4) : gain);
  }

  private watch(reader: ReaderWindow): void {
    let piece = reader.firstMissing();
    for (let rank = 0; rank < watchedPieces && piece <= reader.lastPiece; piece++) {
      if (this.table.isVerified(piece)) continue;
      if (reader.timeTo(piece) > horizon) break;
      // A piece not asked for in full is served by asking for the rest.
      if (this.table.missingBlocks(piece) > 0) break;
      if (!this.table.find(piece)?.isWhole)
        this.ranks.set(piece, Math.min(rank, this.ranks.get(piece) ?? rank));
      rank += 1;
    }
  }
}

/** In the order of their bytes: a server that has begun with one goes on to the next. */
function byPlace(one: LateBlock, other: LateBlock): number {
  return one.ask.block - other.ask.block;
}

function isWorthIt({ ask, neededBy, isOverdue }: LateBlock, { peer, finish }: Quote): boolean {
  const { piece, block } = ask;
  return (
    finish < neededBy &&
    // A request to a server for one block is dear: not for a little gain.
    (isOverdue || !peer.isServer) &&
    !piece.isAskedOf(block, peer.id) &&
    peer.pace.isProven &&
    peer.pieces.has(piece.index) &&
    (piece.mayCome(peer.id) || piece.onlyPeer !== null)
  );
}

function isLate({ peer, sentAt, expectedAt }: Ask, arrivalAt: number): boolean {
  if (!peer.pace.isProven) return true;
  return arrivalAt > expectedAt + Math.max(30, (expectedAt - sentAt) / 2);
}
