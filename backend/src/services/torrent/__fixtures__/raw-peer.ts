// A peer that says exactly what a test wants, over a plain socket.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One message of the wire protocol (BEP 3). */
export function message(id: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1);
  head[4] = id;
  return Buffer.concat([head, payload]);
}

/** An extended message (BEP 10); id 0 is the handshake. */
export function extended(id: number, payload: string | Uint8Array): Buffer {
  return message(20, Buffer.concat([Buffer.from([id]), Buffer.from(payload)]));
}

export function words(...numbers: number[]): Buffer {
  const buffer = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, index) => buffer.writeUInt32BE(number, index * 4));
  return buffer;
}

export class RawPeer {
  private received = Buffer.alloc(0);
  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
    });
  }

  /** Connects, from loopback to loopback or from and to another address of this machine, and sends the handshake for a torrent. */
  static async open(port: number, infoHash: string, address = '127.0.0.1'): Promise<RawPeer> {
    const socket = connect({ port, host: address, localAddress: address });
    const peer = new RawPeer(socket);
    await once(socket, 'connect');
    const reserved = Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 0x04]);
    const id = Buffer.from(`-XX0001-${String(Math.random()).slice(2, 14).padEnd(12, '0')}`);
    socket.write(Buffer.concat([Buffer.from('\x13BitTorrent protocol'), reserved, Buffer.from(infoHash, 'hex'), id]));
    return peer;
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Waits for the other side's handshake: what comes before it is attached may be overlooked. False when it closes. */
  async isGreetedWithin(ms: number): Promise<boolean> {
    return this.within(ms, () => this.received.length >= 68, 'data');
  }

  /** Whether the other side closes within the time. */
  async isClosedWithin(ms: number): Promise<boolean> {
    return this.within(ms, () => this.socket.closed, 'close');
  }

  /** Messages that have come so far, without the handshake and keep-alives. */
  get messages(): { id: number; payload: Buffer }[] {
    const found: { id: number; payload: Buffer }[] = [];
    let at = 68;
    while (at + 4 <= this.received.length) {
      const length = this.received.readUInt32BE(at);
      if (at + 4 + length > this.received.length) break;
      if (length > 0) found.push({ id: this.received[at + 4] ?? 0, payload: this.received.subarray(at + 5, at + 4 + length) });
      at += 4 + length;
    }
    return found;
  }

  close(): void {
    this.socket.destroy();
  }

  private within(ms: number, condition: () => boolean, event: string): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.socket.off(event, look);
        this.socket.off('close', settle);
        resolve(condition());
      };
      const look = () => {
        if (condition()) settle();
      };
      const timer = setTimeout(settle, ms);
      this.socket.on(event, look);
      this.socket.once('close', settle);
      look();
    });
  }
}
