import { parsePeer } from './peer-addresses.js';
import type { SwarmPeerEntry, SwarmTorrent } from './swarm-shapes.js';

/** Connections opened within a second. */
const maxDialsPerSecond = 20;
/** Connections at once to one address, opened or being opened. */
const maxPerAddress = 3;
/** Connections of one torrent at once: opened, being opened and taken. */
export const maxPeers = 55;
/** This machine: nobody's but ours, and several peers on it are usual where private ones are allowed. */
const ownHosts: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);

/**
 * How fast, how often and how many a torrent dials, so that trackers and peers cannot turn us against somebody. The library
 * dials whatever it hears of at once, counts a connection only when it stands, and keeps in its queue what peers took back.
 */
export class DialLimits {
  /** When the last connections were begun, oldest first. */
  private readonly begun: number[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** `now`: milliseconds; only differences count. */
  constructor(
    private readonly torrent: SwarmTorrent,
    private readonly now: () => number,
  ) {}

  /** Puts itself before the torrent's own way of dialling. */
  guard(): void {
    const { torrent } = this;
    const dialFirst = torrent._drain.bind(torrent);
    torrent._drain = () => this.drain(dialFirst);
  }

  private drain(dialFirst: () => void): void {
    const { torrent } = this;
    for (;;) {
      const queue = torrent._queue;
      if (torrent.destroyed || !queue || !torrent._peers) return;
      const next = this.takeNext(queue, torrent._peers);
      if (!next || this.isWaiting()) return;
      queue.splice(queue.indexOf(next), 1);
      queue.unshift(next);
      dialFirst();
      if (queue[0] === next) return;
      this.begun.push(this.now());
      if (this.begun.length > maxDialsPerSecond) this.begun.shift();
    }
  }

  /** The first in the queue that may be dialled as far as numbers go. */
  private takeNext(
    queue: SwarmPeerEntry[],
    peers: ReadonlyMap<string, SwarmPeerEntry>,
  ): SwarmPeerEntry | undefined {
    const isStale = (entry: SwarmPeerEntry) => peers.get(entry.id) !== entry;
    if (queue.some(isStale)) queue.splice(0, queue.length, ...queue.filter((entry) => !isStale(entry)));
    if (queue.length === 0) return undefined;
    const open = [...peers.values()].filter(({ conn }) => conn !== null);
    if (open.length >= maxPeers) return undefined;
    const perHost = new Map<string, number>();
    for (const { id } of open) perHost.set(hostOf(id), (perHost.get(hostOf(id)) ?? 0) + 1);
    return queue.find(({ id }) => {
      const host = hostOf(id);
      return ownHosts.has(host) || (perHost.get(host) ?? 0) < maxPerAddress;
    });
  }

  /** Whether this second's share is used up; then what waits is dialled when the next begins. */
  private isWaiting(): boolean {
    const [oldest] = this.begun;
    if (oldest === undefined || this.begun.length < maxDialsPerSecond) return false;
    const waitMs = oldest + 1_000 - this.now();
    if (waitMs <= 0) return false;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.torrent._drain();
    }, Math.ceil(waitMs)).unref();
    return true;
  }
}

function hostOf(address: string): string {
  return parsePeer(address)?.host ?? address;
}
