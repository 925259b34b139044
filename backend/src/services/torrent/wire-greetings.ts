import type Wire from 'bittorrent-protocol';
import type { SwarmTorrent } from './swarm-shapes.js';

/**
 * Says that we are interested as early as the protocol allows, so that a peer's leave to ask is not a round trip of its
 * own. The library says it only when it has heard what the peer has.
 */
export class WireGreetings {
  /** Peers told that we have nothing, before we could know. */
  private readonly premature = new Set<Wire>();
  private isReady = false;

  constructor(private readonly torrent: SwarmTorrent) {
    torrent._updateWireInterest = (wire) => this.updateInterest(wire);
  }

  /** Right behind our handshake on a connection we made: what we have must be the first message (BEP 3 and 6). */
  onConnect(wire: Wire): void {
    const { bitfield, done } = this.torrent;
    if (!this.isReady || !bitfield || done) return;
    wire.bitfield(bitfield);
    wire.interested();
    introduced(wire);
  }

  /** The handshake of the peer has come. Without metadata nobody can say how long the bitfield would be. */
  onHandshake(wire: Wire): void {
    if (wire.type !== 'tcpOutgoing') return;
    if (this.isReady) {
      if (wire.amInterested) this.repeatInterest(wire);
      return;
    }
    if (wire.hasFast) wire.haveNone();
    wire.interested();
    introduced(wire);
    this.premature.add(wire);
    wire.once('close', () => this.premature.delete(wire));
  }

  /** What is on disk is known now. To be called before any piece is fetched. */
  onReady(): void {
    const { bitfield } = this.torrent;
    this.isReady = true;
    for (const wire of this.premature) {
      for (let piece = 0; bitfield && piece < bitfield.buffer.length * 8; piece += 1)
        if (bitfield.get(piece)) wire.have(piece);
    }
    this.premature.clear();
  }

  /**
   * WebTorrent overlooks what stands right behind a handshake while it looks up whose it is, and would let us ask only in
   * its next round, up to ten seconds later. Once its own handshake is here it listens.
   */
  private repeatInterest(wire: Wire): void {
    wire.amInterested = false;
    wire.interested();
  }

  private updateInterest(wire: Wire): void {
    const { buffer } = wire.peerPieces;
    const { bitfield } = this.torrent;
    const hasAll = buffer.length === 0 && wire.peerPieces.get(0);
    // Nothing heard yet: what we have said stays.
    if (!bitfield || (buffer.length === 0 && !hasAll)) return;
    const isUseful = bitfield.buffer.some(
      (ours, index) => ((hasAll ? 0xff : (buffer[index] ?? 0)) & ~ours & this.maskAt(index)) !== 0,
    );
    if (isUseful) wire.interested();
    else wire.uninterested();
  }

  /** The bits of a bitfield's byte that stand for pieces. */
  private maskAt(index: number): number {
    const pieces = this.torrent.pieces.length - index * 8;
    return pieces >= 8 ? 0xff : (0xff00 >> pieces) & 0xff;
  }
}

/** The library would say it a second time. */
function introduced(wire: Wire): void {
  wire.bitfield = wire.haveAll = wire.haveNone = () => undefined;
}
