import type { PeerPace } from './peer-pace.js';

const maxRemembered = 512;

/** What must be known of a request that was cancelled. */
export interface CancelledAsk {
  readonly piece: { readonly index: number };
  readonly block: number;
  readonly sentAt: number;
}

/**
 * Requests one peer was told to forget. A line with a long buffer, or a peer that does not listen, sends those blocks all
 * the same, and every further one waits behind them; so they count as owed where that is known, or likely.
 */
export class CancelledAsks<Ask extends CancelledAsk> {
  private readonly remembered = new Map<number, { ask: Ask; at: number; isOvertaken: boolean }>();
  /** Blocks came that had been cancelled long before. Null until the peer has shown either. */
  private areSent: boolean | null = null;

  constructor(private readonly pace: PeerPace) {}

  add(ask: Ask, now: number): void {
    this.remembered.set(keyOf(ask.piece.index, ask.block), { ask, at: now, isOvertaken: false });
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > maxRemembered && oldest !== undefined) this.remembered.delete(oldest);
  }

  /** Blocks still to come of those asked for by `until`. */
  owed(now: number, until = now): number {
    if (!(this.areSent ?? this.pace.isNarrow)) return 0;
    const { lastArrival, roundTrip, quietAfter } = this.pace;
    let count = 0;
    for (const { ask, at, isOvertaken } of this.remembered.values()) {
      const heardOf = Math.max(at, lastArrival ?? 0) + roundTrip;
      // Nothing came for so long: it listened this time.
      if (now > heardOf + quietAfter) continue;
      if (!isOvertaken && ask.sentAt <= until) count += 1;
    }
    return count;
  }

  /** A block came that had been cancelled: gives its request, once. */
  delivered(piece: number, block: number, now: number): Ask | null {
    const key = keyOf(piece, block);
    const cancelled = this.remembered.get(key);
    if (!cancelled) return null;
    this.remembered.delete(key);
    const { roundTrip, blockTime } = this.pace;
    if (now - cancelled.at > roundTrip + 2 * blockTime) this.areSent = true;
    this.overtakenBy(cancelled.ask);
    return cancelled.ask;
  }

  /** A block came that it still owed. Peers answer in order: what it was asked for before and has not come was called back in time. */
  passedBy(ask: Ask): void {
    if (this.overtakenBy(ask)) this.areSent = false;
  }

  private overtakenBy({ sentAt }: Ask): boolean {
    let isNews = false;
    for (const older of this.remembered.values()) {
      if (older.isOvertaken || older.ask.sentAt >= sentAt) continue;
      older.isOvertaken = true;
      isNews = true;
    }
    return isNews;
  }
}

/** No piece has more blocks than this leaves room for. */
function keyOf(piece: number, block: number): number {
  return piece * 4096 + block;
}
