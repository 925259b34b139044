import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Server } from 'bittorrent-tracker';

/** How often peers ask again, in milliseconds: short, so that a swarm in the demo heals while one watches. */
const ANNOUNCE_INTERVAL_MS = 30_000;

/** A BitTorrent tracker over HTTP on loopback (BEP 3, BEP 23). */
export class Tracker {
  #server: Server | null = null;
  #port = 0;

  constructor(readonly host = '127.0.0.1') {}

  get announceUrl(): string {
    return `http://${this.host}:${this.#port}/announce`;
  }

  /** Starts, or starts again on the same port with no memory of any peer. */
  async start(): Promise<void> {
    // HTTP only: with UDP on, binding to an IPv4 address fails for the IPv6 socket.
    const server = new Server({
      http: true,
      udp: false,
      ws: false,
      stats: true,
      interval: ANNOUNCE_INTERVAL_MS,
    });
    // A client that breaks off is no concern of ours.
    server.on('warning', () => undefined);
    server.listen(this.#port, this.host);
    await once(server, 'listening');
    server.on('error', () => undefined);
    this.#port = (server.http.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server.http, 'close');
    server.close();
    server.http.closeAllConnections();
    await closed;
  }

  /** Peers that said they have everything, and those that have not. */
  peers(infoHash: string): { seeders: number; leechers: number } {
    const swarm = this.#server?.torrents[infoHash];
    return { seeders: swarm?.complete ?? 0, leechers: swarm?.incomplete ?? 0 };
  }

  /** Waits until so many seeders have announced themselves. Errors: `Error` when they have not in time. */
  async waitForSeeders(infoHash: string, count: number, timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (this.peers(infoHash).seeders < count) {
      const server = this.#server;
      if (server === null) throw new Error('the tracker is stopped');
      try {
        await Promise.race(
          ['start', 'update', 'complete'].map(async (event) => once(server, event, { signal })),
        );
      } catch (error) {
        throw new Error(`${this.peers(infoHash).seeders} of ${count} seeders came for ${infoHash}`, {
          cause: error,
        });
      }
      await new Promise(setImmediate); // the event precedes the count
    }
  }
}
