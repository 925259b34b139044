import { randomInt } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { decodeAnswer, encodeQuestion } from './dns-message.js';
import type { Tunnel } from './tunnel.js';
import { tunnelDatagrams } from './tunnel-sockets.js';

export interface TunnelNamesOptions {
  /** How long one server may take, milliseconds. */
  timeoutMs?: number;
  /** Of the name servers. */
  port?: number;
  /** Milliseconds; only differences count. */
  now?: () => number;
}

const keepMs = 60_000;
const lingerMs = 5_000;
const mostKept = 500;

/** Names, asked of the tunnel's name servers and through the tunnel alone. Answers are kept for a minute. */
export class TunnelNames {
  private readonly kept = new Map<string, { addresses: string[]; until: number }>();
  private readonly timeoutMs: number;
  private readonly port: number;
  private readonly now: () => number;

  constructor(
    private readonly tunnel: Tunnel,
    { timeoutMs = 2_000, port = 53, now = () => performance.now() }: TunnelNamesOptions = {},
  ) {
    this.timeoutMs = timeoutMs;
    this.port = port;
    this.now = now;
  }

  /** IPv4 addresses of a host, at least one. Throws with the code ENOTFOUND or EAI_AGAIN. */
  async resolve(hostname: string): Promise<string[]> {
    if (isIP(hostname) === 4) return [hostname];
    // RFC 6761 section 6.3: this name never goes out.
    if (hostname === 'localhost' || hostname.endsWith('.localhost')) return ['127.0.0.1'];
    const known = this.kept.get(hostname);
    if (known && known.until > this.now()) return known.addresses;
    const question = encodeQuestion(randomInt(0x10000), hostname);
    for (const server of this.tunnel.nameServers) {
      const addresses = await this.ask(server, question);
      if (addresses === null) continue;
      if (addresses.length === 0) throw failure(hostname, 'ENOTFOUND');
      if (this.kept.size >= mostKept) this.kept.clear();
      this.kept.set(hostname, { addresses, until: this.now() + keepMs });
      return addresses;
    }
    throw failure(hostname, 'EAI_AGAIN');
  }

  /** As `net` and `dgram` take it, in place of `dns.lookup`. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.resolve(hostname).then(
      (addresses) => {
        const found = addresses.map((address): LookupAddress => ({ address, family: 4 }));
        if (options.all === true) callback(null, found);
        else callback(null, found[0]?.address ?? '', 4);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
    );
  };

  private ask(server: string, question: Buffer): Promise<string[] | null> {
    return new Promise((resolve) => {
      const socket = tunnelDatagrams(this.tunnel);
      let isOver = false;
      const end = (addresses: string[] | null) => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        resolve(addresses);
        // An answer that comes later would be refused by the kernel, by whatever route there is then.
        setTimeout(() => socket.close(), lingerMs).unref();
      };
      const timer = setTimeout(() => end(null), this.timeoutMs);
      socket.on('error', () => end(null));
      socket.on('message', (answer, { address }) => {
        const addresses = address === server ? decodeAnswer(question, answer) : null;
        if (addresses) end(addresses);
      });
      socket.send(question, this.port, server, (error) => {
        if (error) end(null);
      });
    });
  }
}

function failure(hostname: string, code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} could not be found through the tunnel`), { code });
}
