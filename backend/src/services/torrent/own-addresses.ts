import { networkInterfaces } from 'node:os';
import { parsePeer } from './peer-addresses.js';

const maxLearned = 64;

/** Trackers hand out whoever announces, so they name us too. */
export class OwnAddresses {
  private readonly learned = new Set<string>();
  private readonly hosts: ReadonlySet<string>;

  /** `hosts`: addresses of this machine; looked up when left out. */
  constructor(
    private readonly port: () => number,
    hosts: Iterable<string> = localHosts(),
  ) {
    this.hosts = new Set(hosts);
  }

  /** Whether `1.2.3.4:80` or `[::1]:80` is where we listen ourselves. */
  has(peer: string): boolean {
    if (this.learned.has(peer)) return true;
    const address = parsePeer(peer);
    if (address?.port !== this.port()) return false;
    return address.host.startsWith('127.') || this.hosts.has(address.host);
  }

  /** We answered there ourselves: it is our address as others see it. */
  learn(peer: string): void {
    if (this.learned.size < maxLearned) this.learned.add(peer);
  }
}

function localHosts(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => address),
  );
}
