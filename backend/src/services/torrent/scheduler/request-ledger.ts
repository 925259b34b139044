import type { DuplicateBudget } from './duplicate-budget.js';
import type { Quote } from './fleet.js';
import type { Assignment } from './request-planner.js';
import type { BlockRequest } from './scheduler-types.js';
import type { Ask, BegunPiece, SwarmPeer } from './swarm-peer.js';
import type { SwarmState } from './swarm-state.js';
import { blockLength } from './torrent-geometry.js';

/**
 * The books of what is asked of whom. Every request is entered twice, in the queue of its peer and with its block, until
 * the block comes, the request is cancelled (the peer is told), or lapses (the peer knows: it choked, left or refused).
 */
export class RequestLedger {
  private cancels: BlockRequest[] = [];
  private drops: number[] = [];

  constructor(
    private readonly swarm: Pick<SwarmState, 'table' | 'readers'>,
    private readonly duplicates: DuplicateBudget,
  ) {}

  /** Enters a request for what the peer was assigned, and gives the message to send. */
  enter(
    { peer, room, finish }: Quote,
    { piece, block }: Assignment,
    isHedge: boolean,
    now: number,
  ): BlockRequest {
    const clean = peer.owed(now) === 0;
    const ask: Ask = {
      peer,
      piece,
      block,
      sentAt: now,
      expectedAt: finish,
      clean,
      full: room === 1,
      isHedge,
    };
    peer.queue.push(ask);
    piece.ask(ask);
    // Nobody knows whether a probe is ever answered.
    if (peer.isSnubbed) this.share(ask);
    if (isHedge) this.duplicates.hedged(this.bytesOf(ask));
    return this.toRequest(ask);
  }

  /** The block is here: its request is settled, and those to others are cancelled. */
  settle(piece: BegunPiece, block: number, sender: SwarmPeer, now: number): void {
    const bytes = this.swarm.table.geometry.blockSize(piece.index, block);
    this.duplicates.arrived(bytes);
    for (const ask of piece.receive(block, sender.id)) {
      if (ask.isHedge) this.duplicates.settled(bytes);
      if (ask.peer !== sender) this.callBack(ask, now);
    }
  }

  /** Others may be asked for the block as well, though this request stays. */
  share(ask: Ask): void {
    ask.piece.demote(ask);
    this.swarm.readers.reopen(ask.piece.index);
  }

  cancel(ask: Ask, now: number): void {
    this.release(ask);
    this.callBack(ask, now);
  }

  cancelAll(piece: BegunPiece, now: number): void {
    for (const ask of piece.asks()) this.cancel(ask, now);
  }

  /** The peer will not answer this request, and knows. */
  lapse(ask: Ask, now: number): void {
    this.release(ask);
    ask.peer.withdraw(ask, now);
  }

  lapseAll(peer: SwarmPeer, now: number): void {
    for (const ask of [...peer.queue]) this.lapse(ask, now);
  }

  /** The peer refused the request. */
  refused(ask: Ask, now: number): void {
    ask.peer.rejected(ask, now);
    this.release(ask);
  }

  /** Takes a begun piece off the books, and all requests for it: it is whole, has failed, or is given up. */
  close(piece: BegunPiece, now: number): void {
    this.cancelAll(piece, now);
    this.swarm.table.forget(piece);
  }

  /** Gives up a begun piece; the binding is to free its buffer. */
  drop(piece: BegunPiece, now: number): void {
    this.close(piece, now);
    this.drops.push(piece.index);
  }

  /** A peer that is gone need not be told anything. */
  forgetCancelsTo(peerId: string): void {
    this.cancels = this.cancels.filter((cancel) => cancel.peerId !== peerId);
  }

  /** What has been called back and dropped since this was asked last. */
  takeNews(): { cancels: BlockRequest[]; drops: number[] } {
    const { cancels, drops } = this;
    this.cancels = [];
    this.drops = [];
    return { cancels, drops };
  }

  private callBack(ask: Ask, now: number): void {
    ask.peer.withdraw(ask, now);
    this.cancels.push(this.toRequest(ask));
  }

  private release(ask: Ask): void {
    if (ask.isHedge) this.duplicates.settled(this.bytesOf(ask));
    ask.piece.release(ask);
    this.swarm.readers.reopen(ask.piece.index);
  }

  private bytesOf({ piece, block }: Ask): number {
    return this.swarm.table.geometry.blockSize(piece.index, block);
  }

  private toRequest(ask: Ask): BlockRequest {
    const { peer, piece, block } = ask;
    return { peerId: peer.id, piece: piece.index, offset: block * blockLength, length: this.bytesOf(ask) };
  }
}
