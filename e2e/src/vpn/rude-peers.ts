import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What a peer does with a connection when the tunnel is lost. */
const manners = ['stalls', 'talks on', 'half-closes', 'resets', 'leaves', 'closed before'] as const;
type Manner = (typeof manners)[number];

const protocol = Buffer.from('\x13BitTorrent protocol', 'latin1');
/** A keep-alive message (BEP 3). */
const keepAlive = Buffer.alloc(4);

/**
 * Peers that keep to the protocol until the tunnel is lost, and at that moment stall, go on sending, close one or both halves,
 * or reset. Some never complete the handshake. They listen, and they connect to the server.
 */
export class RudePeers {
  private readonly sockets = new Map<Socket, Manner>();
  private readonly servers: Server[] = [];
  private dialled = 0;
  private count = 0;
  private readonly talking: NodeJS.Timeout;

  private constructor(
    private readonly hosts: readonly string[],
    private readonly infoHashes: readonly string[],
  ) {
    this.talking = setInterval(() => {
      for (const [socket, manner] of this.sockets) if (manner === 'talks on') socket.write(keepAlive);
    }, 20);
  }

  /** @param hosts addresses of this machine; at each a peer listens, because the server limits connections to one address */
  static async open(hosts: readonly string[], infoHashes: readonly string[]): Promise<RudePeers> {
    const peers = new RudePeers(hosts, infoHashes);
    for (const host of hosts) {
      const server = createServer((socket) => peers.take(socket));
      server.listen(0, host);
      await once(server, 'listening');
      peers.servers.push(server);
    }
    return peers;
  }

  /** Announces all listening peers, for all torrents, to a tracker (BEP 3), so that the server connects to them. */
  async announce(announceUrl: string): Promise<void> {
    for (const infoHash of this.infoHashes) await this.announceFor(infoHash, announceUrl);
  }

  private async announceFor(infoHash: string, announceUrl: string): Promise<void> {
    const hash = (infoHash.match(/../g) ?? []).map((byte) => `%${byte}`).join('');
    for (const [index, server] of this.servers.entries()) {
      const { port, address } = server.address() as AddressInfo;
      const id = `-RU0001-${String(index).padStart(12, '0')}`;
      const query = `info_hash=${hash}&peer_id=${id}&port=${port}&uploaded=0&downloaded=0&left=0&compact=1&event=started`;
      const request = get(`${announceUrl}?${query}`, { localAddress: address, agent: false });
      const [answer] = (await once(request, 'response')) as [NodeJS.ReadableStream];
      await once(answer.resume(), 'end');
    }
  }

  /** Connections that are open. */
  get size(): number {
    return this.sockets.size;
  }

  /** Connects to the server's port for peers, several times; every other connection sends a handshake. */
  dial(host: string, port: number, times: number): void {
    for (let index = 0; index < times; index += 1) {
      this.dialled += 1;
      const localAddress = this.hosts[this.dialled % this.hosts.length];
      const socket = connect({ host, port, ...(localAddress !== undefined && { localAddress }) });
      this.take(socket);
      const infoHash = this.infoHashes[this.dialled % this.infoHashes.length] ?? '';
      if (this.dialled % 2 === 0) socket.once('connect', () => socket.write(this.handshake(infoHash)));
    }
  }

  /** Does what each connection is to do when the tunnel is lost. */
  misbehave(): void {
    for (const [socket, manner] of this.sockets) {
      if (manner === 'half-closes') socket.end();
      else if (manner === 'resets') socket.resetAndDestroy();
      else if (manner === 'leaves') socket.destroy();
    }
  }

  /** Ends connections a moment before the loss, which leaves the server with sockets that are gone or closing. */
  leaveEarly(): void {
    for (const [socket, manner] of this.sockets) if (manner === 'closed before') socket.end();
  }

  /** Ends what is left of the connections of this loss. */
  forget(): void {
    for (const socket of this.sockets.keys()) socket.destroy();
    this.sockets.clear();
  }

  close(): void {
    clearInterval(this.talking);
    this.forget();
    for (const server of this.servers) server.close();
  }

  private take(socket: Socket): void {
    this.count += 1;
    this.sockets.set(socket, manners[this.count % manners.length] ?? 'stalls');
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    socket.once('data', (data: Buffer) => {
      // A third of those that were connected to never answer the handshake.
      if (data.length < 48 || !data.subarray(0, 20).equals(protocol) || this.count % 3 === 0) return;
      socket.write(this.handshake(data.subarray(28, 48).toString('hex')));
    });
    socket.on('data', () => undefined);
  }

  private handshake(infoHash: string): Buffer {
    const id = Buffer.from(`-RU0001-${String(this.count).padStart(12, '0')}`);
    return Buffer.concat([protocol, Buffer.alloc(8), Buffer.from(infoHash, 'hex'), id]);
  }
}
