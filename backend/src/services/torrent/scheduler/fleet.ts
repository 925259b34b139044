import type { Suspicion } from './suspicion.js';
import type { SwarmPeer } from './swarm-peer.js';
import { blockLength } from './torrent-geometry.js';

/** What one peer could do next. */
export interface Quote {
  readonly peer: SwarmPeer;
  /** Blocks it may still be asked for. */
  room: number;
  /** When it could begin with one block more, and when that would be here; milliseconds. */
  free: number;
  finish: number;
  readonly blockTime: number;
  /** May not share pieces with others. */
  readonly isSuspect: boolean;
}

/** The peers that can be asked, as they stand at one moment of planning. */
export class Fleet {
  readonly quotes: Quote[] = [];
  /** Snubbed peers due for a probe. */
  readonly probes: Quote[] = [];

  constructor(peers: Iterable<SwarmPeer>, suspicion: Suspicion, now: number) {
    for (const peer of peers) {
      if (peer.isChoking || now < peer.restUntil) continue;
      const free = peer.freeAt(now);
      const { blockTime } = peer.pace;
      const quote = {
        peer,
        room: peer.room(now),
        free,
        finish: free + blockTime,
        blockTime,
        isSuspect: suspicion.isSuspect(peer.id),
      };
      if (!peer.isSnubbed) this.quotes.push(quote);
      else if (quote.room > 0) this.probes.push(quote);
    }
  }

  /** The peer with room that would have a block here soonest, of those `may` allows. */
  soonest(may: (quote: Quote) => boolean): Quote | undefined {
    let best: Quote | undefined;
    for (const quote of this.quotes) {
      if (quote.room > 0 && (!best || quote.finish < best.finish) && may(quote)) best = quote;
    }
    return best;
  }

  asked(quote: Quote): void {
    quote.room -= 1;
    quote.free = quote.finish;
    quote.finish += quote.blockTime;
  }

  /**
   * Bytes the other peers above suspicion could have here before `mine` has one block, of a piece if one is given. Those
   * much quicker get as long again as a block of a narrow line takes: its blocks come in lumps, and nothing should wait for one.
   */
  bytesBefore(mine: Quote, piece?: number): number {
    const late = mine.peer.pace.isNarrow ? mine.blockTime : 0;
    let blocks = 0;
    for (const { peer, free, finish, blockTime, isSuspect } of this.quotes) {
      if (peer === mine.peer || isSuspect) continue;
      // Sooner too, or each would leave it to the other.
      const isQuicker = 4 * blockTime < mine.blockTime && finish < mine.finish;
      const time = mine.finish - 0.01 + (isQuicker ? late : 0);
      if (free + blockTime > time) continue;
      if (piece !== undefined && !peer.pieces.has(piece)) continue;
      blocks += Math.floor((time - free) / blockTime);
    }
    return blocks * blockLength;
  }
}
