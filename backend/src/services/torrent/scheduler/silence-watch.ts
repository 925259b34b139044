import type { RequestLedger } from './request-ledger.js';
import type { SwarmPeer } from './swarm-peer.js';
import type { SwarmState } from './swarm-state.js';
import type { Trials } from './trials.js';

/** Notices peers that let us ask and do not answer, and has others asked instead. */
export class SilenceWatch {
  constructor(
    private readonly swarm: SwarmState,
    private readonly ledger: RequestLedger,
    private readonly trials: Trials,
  ) {}

  /** Peers that do not answer now. */
  get count(): number {
    let count = 0;
    for (const { isSnubbed, isChoking } of this.swarm.peers.values()) if (isSnubbed && !isChoking) count += 1;
    return count;
  }

  /** Snubs those silent for too long and gives their names; one request each stays, as a probe. */
  snub(now: number): string[] {
    const snubbed: string[] = [];
    for (const peer of this.swarm.peers.values()) {
      if (peer.isSnubbed || peer.queue.length === 0 || peer.silence(now) < this.patience(peer)) continue;
      peer.snub(now);
      snubbed.push(peer.id);
      const [probe, ...rest] = peer.queue;
      for (const ask of rest) this.ledger.cancel(ask, now);
      if (probe) this.ledger.share(probe);
      this.trials.leftBy(peer, now);
    }
    return snubbed;
  }

  /** When the next peer may turn out silent, or has rested enough to be asked again; `Infinity` for never. */
  nextLookAt(now: number): number {
    let lookAt = Number.POSITIVE_INFINITY;
    for (const peer of this.swarm.peers.values()) {
      if (peer.queue.length > 0 && !peer.isSnubbed)
        lookAt = Math.min(lookAt, now + this.patience(peer) - peer.silence(now));
      if (peer.restUntil > now && !peer.isChoking) lookAt = Math.min(lookAt, peer.restUntil);
    }
    return lookAt;
  }

  /** Milliseconds. */
  private patience(peer: SwarmPeer): number {
    return Math.max(this.swarm.settings.snubAfter, 8 * peer.pace.roundTrip);
  }
}
