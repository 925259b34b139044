import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { SwarmCount } from '../../repositories/source.repository.js';

/** Info-hashes that fit into one request (BEP 15). */
export const mostPerScrape = 70;
const protocolId = 0x41727101980n;
const actions = { connect: 0, scrape: 2, error: 3 } as const;

export interface UdpScrapeOptions {
  /** Asked of every address a name leads to, right before anything is sent there. */
  mayAsk: (address: string) => boolean;
  /** For the whole exchange, milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** Asks a UDP tracker how many seed and fetch (BEP 15). @throws Error when it does not answer in time or refuses */
export async function scrapeUdp(
  tracker: URL,
  infoHashes: readonly string[],
  { mayAsk, timeoutMs, signal }: UdpScrapeOptions,
): Promise<SwarmCount[]> {
  const host = tracker.hostname.replace(/^\[|\]$/g, '');
  const { address, family } = await lookup(host);
  if (!mayAsk(address)) throw new Error('the tracker is not at a public address');
  const port = Number(tracker.port) || 80;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const socket = dgram.createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    const send = (message: Buffer) => exchange(socket, { message, port, address, signal: limit });
    const connected = await send(connectRequest());
    const connectionId = connected.subarray(8, 16);
    const answer = await send(scrapeRequest(connectionId, infoHashes));
    return infoHashes.flatMap((infoHash, at) => {
      const start = 8 + at * 12;
      if (answer.length < start + 12) return [];
      return [{ infoHash, seeders: answer.readUInt32BE(start), leechers: answer.readUInt32BE(start + 8) }];
    });
  } finally {
    socket.close();
  }
}

function connectRequest(): Buffer {
  const message = Buffer.alloc(16);
  message.writeBigUInt64BE(protocolId, 0);
  message.writeUInt32BE(actions.connect, 8);
  randomBytes(4).copy(message, 12);
  return message;
}

function scrapeRequest(connectionId: Buffer, infoHashes: readonly string[]): Buffer {
  const head = Buffer.alloc(16);
  connectionId.copy(head, 0);
  head.writeUInt32BE(actions.scrape, 8);
  randomBytes(4).copy(head, 12);
  return Buffer.concat([head, ...infoHashes.map((infoHash) => Buffer.from(infoHash, 'hex'))]);
}

/** One request and the answer that carries its transaction; anything else that arrives is passed over. */
function exchange(
  socket: dgram.Socket,
  { message, port, address, signal }: { message: Buffer; port: number; address: string; signal: AbortSignal },
): Promise<Buffer> {
  const action = message.readUInt32BE(8);
  const transaction = message.readUInt32BE(12);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      socket.off('message', onMessage);
      socket.off('error', onError);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onError = (error: Error) => finish(() => reject(error));
    const onAbort = () => finish(() => reject(new Error('the tracker did not answer')));
    const onMessage = (answer: Buffer, from: dgram.RemoteInfo) => {
      if (from.port !== port || answer.length < 8 || answer.readUInt32BE(4) !== transaction) return;
      const told = answer.readUInt32BE(0);
      if (told === actions.error) finish(() => reject(new Error('the tracker refuses')));
      else if (told === action && (action !== actions.connect || answer.length >= 16))
        finish(() => resolve(answer));
    };
    if (signal.aborted) {
      reject(new Error('the tracker did not answer'));
      return;
    }
    socket.on('message', onMessage);
    socket.on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.send(message, port, address);
  });
}
