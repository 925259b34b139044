import type { ReaderWindow } from './reader-window.js';
import type { RequestLedger } from './request-ledger.js';
import { Suspicion } from './suspicion.js';
import type { BegunPiece, SwarmPeer } from './swarm-peer.js';
import type { SwarmState } from './swarm-state.js';

/** Milliseconds a reader's next piece may be a suspect's alone when others are quicker. */
const trialPatience = 1_000;

/**
 * Who may send which piece while somebody is suspected of bad data. A fenced piece is open to some peers only: one that
 * failed is sent again by few, a suspect's trial is its own. No fence may keep a reader waiting.
 */
export class Trials {
  readonly suspicion = new Suspicion();

  constructor(
    private readonly swarm: SwarmState,
    private readonly ledger: RequestLedger,
  ) {}

  /** A piece passed its hash: that speaks for those who sent it. */
  passed(piece: BegunPiece): void {
    this.suspicion.verified(piece.contributors(), isFenced(piece));
  }

  /** A piece failed its hash: gives the peers that are convicted by it. */
  failed(piece: BegunPiece): string[] {
    return this.suspicion.failed(piece.contributors(), {
      begun: piece.begun,
      now: this.swarm.table.begun,
      isNarrow: piece.onlyPeers !== null,
    });
  }

  /** Fences a piece that has failed, so that its next failure tells more. One at a time; others go whole to suspects. */
  fence(index: number, contributors: ReadonlySet<string>, now: number): void {
    const { table } = this.swarm;
    if (contributors.size === 1 || table.all().some(({ onlyPeers }) => onlyPeers !== null)) return;
    const able = this.ableToRetry(index, now).map(({ id }) => id);
    const retry = this.suspicion.retryPeers(contributors, able);
    if (retry) table.begin(index).onlyPeers = retry;
  }

  /** A peer cannot go on: its fenced pieces are left to others, those of a suspect without what it sent. */
  leftBy(peer: SwarmPeer, now: number): void {
    for (const partial of this.swarm.table.all()) {
      if (partial.onlyPeer === peer.id) this.endTrial(partial, peer, now);
      else if (partial.onlyPeers?.has(peer.id)) {
        const left = [...partial.onlyPeers].filter((peerId) => peerId !== peer.id);
        partial.onlyPeers = left.length > 0 ? new Set(left) : null;
      }
    }
  }

  /** When none of those who may send a reader's next piece can go on, everybody may. */
  openNextPieceOf(reader: ReaderWindow, now: number): void {
    const partial = this.fencedNextOf(reader);
    if (!partial) return;
    for (const peerId of partial.onlyPeers ?? [partial.onlyPeer ?? '']) {
      const peer = this.swarm.peers.get(peerId);
      if (peer?.isAble(now) && !this.isHeldUpBy(peer, partial, now)) return;
    }
    partial.onlyPeer = null;
    partial.onlyPeers = null;
  }

  /** The piece a reader needs next, when it is fenced and blocks of it are missing. */
  fencedNextOf(reader: ReaderWindow): BegunPiece | null {
    const partial = this.swarm.table.find(reader.firstMissing());
    return partial && partial.missing > 0 && isFenced(partial) ? partial : null;
  }

  private endTrial(partial: BegunPiece, peer: SwarmPeer, now: number): void {
    if (partial.isWhole) return;
    if (peer.isServer && !this.suspicion.isSuspect(peer.id)) {
      partial.onlyPeer = null;
      return;
    }
    if (partial.received > 0) this.ledger.drop(partial, now);
    else this.ledger.close(partial, now);
    this.swarm.readers.reopen(partial.index);
  }

  /** Peers fast enough to have a piece sent by few of them. */
  private ableToRetry(piece: number, now: number): SwarmPeer[] {
    const able = [...this.swarm.peers.values()].filter(
      (peer) => !peer.isChoking && !peer.isSnubbed && now >= peer.restUntil && peer.pieces.has(piece),
    );
    const fastest = Math.min(...able.map(({ pace }) => pace.blockTime));
    return able.filter(({ pace }) => pace.isProven && pace.blockTime <= 4 * fastest);
  }

  /** It would take this peer too long, and one above suspicion is idle or could do it in a quarter of the time. */
  private isHeldUpBy(peer: SwarmPeer, { index, missing }: BegunPiece, now: number): boolean {
    if (missing * peer.pace.blockTime < trialPatience) return false;
    return [...this.swarm.peers.values()].some(
      (other) =>
        other.isAble(now) &&
        !this.suspicion.isSuspect(other.id) &&
        other.pieces.has(index) &&
        (other.queue.length === 0 || 4 * other.pace.blockTime < peer.pace.blockTime),
    );
  }
}

function isFenced({ onlyPeer, onlyPeers }: BegunPiece): boolean {
  return onlyPeer !== null || onlyPeers !== null;
}
