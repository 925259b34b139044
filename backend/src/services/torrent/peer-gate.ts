import type Wire from 'bittorrent-protocol';
import { BannedPeers } from './banned-peers.js';
import { maxPeers } from './dial-limits.js';
import type { OwnAddresses } from './own-addresses.js';
import { mayDial } from './peer-addresses.js';
import type { SwarmTorrent } from './swarm-shapes.js';
import { maxPeersPerAnswer } from './tracker-answer.js';

/** Peer addresses remembered for one torrent; trackers and peers can name millions. */
const maxKnownPeers = 1_000;
/** Peers remembered and dialled at once. */
export const maxGoodPeers = 30;

export interface PeerGateOptions {
  allowPrivatePeers: boolean;
  /** Whether peers that speak WebRTC are taken. */
  webRtc: boolean;
  ownPeerId: string;
  ownAddresses: OwnAddresses;
  /** Milliseconds; only differences count. */
  now: () => number;
  /** A connection we made has just been given its wire. */
  onDialled: (wire: Wire) => void;
}

/** Who comes into one torrent: which addresses are dialled, and which connections are kept. */
export class PeerGate {
  /** Peers in the tracker's answer that is being read. */
  private namedByTracker = 0;
  /** Addresses heard of, and when each was first dialled. */
  private readonly known = new Map<string, number>();
  private readonly banned = new BannedPeers();
  private readonly addresses = new WeakMap<Wire, string>();
  private readonly roundTrips = new WeakMap<Wire, number | null>();

  constructor(
    private readonly torrent: SwarmTorrent,
    private readonly options: PeerGateOptions,
  ) {
    torrent.on('trackerAnnounce', () => (this.namedByTracker = 0));
  }

  /** Addresses heard of. */
  get knownCount(): number {
    return this.known.size;
  }

  /** Trackers, the DHT and other peers all name peers through the method this puts itself before. */
  guard(): void {
    const addPeer = this.torrent.addPeer.bind(this.torrent);
    this.torrent.addPeer = (peer, source) => {
      if (typeof peer !== 'string') return this.takeWebRtc(peer, () => addPeer(peer, source));
      if (!this.mayEnter(peer, source)) return false;
      const isAdded = addPeer(peer, source);
      const entry = isAdded ? this.torrent._peers?.get(peer) : undefined;
      // The library makes the wire and sends the handshake right after it has told of the connection.
      entry?.once('connect', () => queueMicrotask(() => entry.wire && this.options.onDialled(entry.wire)));
      return isAdded;
    };
  }

  /** Whether a connection that has shaken hands may stay; it is closed when not. */
  admit(wire: Wire, address: string): boolean {
    const { ownPeerId, ownAddresses } = this.options;
    const isOwn = wire.peerId === ownPeerId;
    if (isOwn && this.known.delete(address)) ownAddresses.learn(address);
    if (isOwn || this.banned.has(this.banKey(address))) {
      wire.destroy();
      return false;
    }
    this.addresses.set(wire, address);
    this.roundTrips.set(wire, this.measureRoundTrip(address));
    return true;
  }

  /** As seen while connecting, milliseconds; null when unknown. */
  roundTripOf(wire: Wire): number | null {
    return this.roundTrips.get(wire) ?? null;
  }

  /** Peers we dialled that have sent something, best first. */
  goodPeers(): string[] {
    return this.torrent.wires
      .filter(({ type, downloaded }) => type === 'tcpOutgoing' && downloaded > 0)
      .sort((a, b) => b.downloaded - a.downloaded)
      .flatMap((wire) => this.addresses.get(wire) ?? [])
      .slice(0, maxGoodPeers);
  }

  /** Closes the connection, and takes no other to or from its address. */
  ban(wire: Wire): void {
    const address = this.addresses.get(wire);
    if (address !== undefined) this.banned.add(this.banKey(address));
    wire.destroy();
  }

  private mayEnter(peer: string, source: string | undefined): boolean {
    if (this.torrent.destroyed) return false;
    // Answers by UDP come here uncut.
    if (source === 'tracker' && ++this.namedByTracker > maxPeersPerAnswer) return false;
    const { allowPrivatePeers, ownAddresses, now } = this.options;
    if (!mayDial(peer, allowPrivatePeers) || ownAddresses.has(peer)) return false;
    if (this.banned.has(this.banKey(peer))) return false;
    if (this.known.has(peer)) return true;
    if (this.known.size >= maxKnownPeers) return false;
    this.known.set(peer, now());
    return true;
  }

  /** A peer that speaks WebRTC, met at a tracker; where it is has been looked at there. */
  private takeWebRtc(peer: { destroy(): void }, add: () => boolean): boolean {
    if (this.options.webRtc && !this.torrent.destroyed && this.torrent._peersLength < maxPeers) return add();
    peer.destroy();
    return false;
  }

  /** Connecting is a round trip, the handshake another. */
  private measureRoundTrip(address: string): number | null {
    const dialled = this.known.get(address);
    if (dialled === undefined) return null;
    // Only the first connection was dialled when the address was heard of.
    this.known.set(address, Number.NaN);
    return Number.isNaN(dialled) ? null : (this.options.now() - dialled) / 2;
  }

  /** Where peers may share an address (allowed private networks), a port belongs to who they are. */
  private banKey(address: string): string {
    return this.options.allowPrivatePeers ? address : address.replace(/:\d+$/, '');
  }
}
