import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { SeederShape } from './scenarios.js';

/** What is sent from one side, held back until its time has come. */
interface Parcel {
  due: number;
  bytes: Buffer;
}

const parcelBytes = 16 * 1024;
/** Milliseconds of sending that may be under way before the sender is held back, and when it may go on. */
const fullMs = 80;
const emptyMs = 60;
const clearMs = 0.5;

/**
 * Stands before a seeder and makes its way to us longer and narrower: in user space, since not every kernel has a
 * network emulator. No loss and no slow start. A connection's first bytes come a round trip late, as a handshake over
 * such a way would take.
 */
export async function listenBefore(
  seeder: { host: string; port: number },
  face: { host: string; port: number },
  { rate = Number.POSITIVE_INFINITY, delay = 0, isSilent = false }: SeederShape,
): Promise<Server> {
  /** When the shared link is free again. */
  const link = { rate, freeAt: 0 };
  const server = createServer({ noDelay: true }, (client) => {
    const behind = connect({ ...seeder, noDelay: true });
    carry(client, behind, { delay, first: 2 * delay });
    carry(behind, client, { delay, link, ...(isSilent && { filter: withoutBlocks() }) });
  });
  server.listen(face.port, face.host);
  await once(server, 'listening');
  return server;
}

interface Way {
  delay: number;
  /** Milliseconds more for the first parcel. */
  first?: number;
  link?: { rate: number; freeAt: number };
  filter?: (bytes: Buffer) => Buffer;
}

function carry(from: Socket, to: Socket, { delay, first = 0, link, filter }: Way): void {
  const waiting: Parcel[] = [];
  let timer: NodeJS.Timeout | undefined;
  let extra = first;
  const deliver = () => {
    timer = undefined;
    const now = performance.now();
    for (let next = waiting[0]; next && next.due <= now + clearMs; next = waiting[0]) {
      to.write(next.bytes);
      waiting.shift();
    }
    schedule();
    if (from.isPaused() && (!link || link.freeAt - now < emptyMs) && to.writableLength < 1 << 20)
      from.resume();
  };
  const schedule = () => {
    const next = waiting[0];
    if (next && !timer) timer = setTimeout(deliver, Math.max(1, next.due - performance.now()));
  };
  from.on('data', (chunk: Buffer) => {
    const bytes = filter ? filter(chunk) : chunk;
    for (let at = 0; at < bytes.length; at += parcelBytes) {
      const parcel = bytes.subarray(at, at + parcelBytes);
      const now = performance.now();
      let sent = now;
      if (link) sent = link.freeAt = Math.max(now, link.freeAt) + (parcel.length / link.rate) * 1000;
      waiting.push({ due: sent + delay + extra, bytes: parcel });
      extra = 0;
    }
    if (link && link.freeAt - performance.now() > fullMs) from.pause();
    schedule();
  });
  const end = () => {
    clearTimeout(timer);
    from.destroy();
    to.destroy();
  };
  from.on('close', end).on('error', end);
}

const handshakeBytes = 68;
const pieceMessage = 7;

/** Lets every message of the peer protocol (BEP 3) through but blocks. */
function withoutBlocks(): (bytes: Buffer) => Buffer {
  let held = Buffer.alloc(0);
  let isGreeted = false;
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    const through: Buffer[] = [];
    if (!isGreeted) {
      if (held.length < handshakeBytes) return Buffer.alloc(0);
      through.push(held.subarray(0, handshakeBytes));
      held = held.subarray(handshakeBytes);
      isGreeted = true;
    }
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const size = 4 + held.readUInt32BE(0);
      if (size === 4 || held[4] !== pieceMessage) through.push(held.subarray(0, size));
      held = held.subarray(size);
    }
    return Buffer.concat(through);
  };
}
