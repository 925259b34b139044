// A peer that says it has everything and does with requests what a test wants, at a pace.
import { message, RawPeer } from './raw-peer.js';

const request = 6;
const piece = 7;
const tickMs = 10;

export interface ScriptedSeederOptions {
  port: number;
  infoHash: string;
  /** Of this machine: both ends of its connection have it. */
  address?: string;
  /** The block, or null to be silent about it. `at`: bytes from the beginning of the torrent. */
  blockAt: (at: number, length: number) => Uint8Array | null;
  pieceLength: number;
  /** Bytes a second; as fast as it is asked when left out. */
  rate?: number;
}

export class ScriptedSeeder {
  sentBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private answered = 0;
  /** Sent before its time, since a block is sent whole: not above 0. */
  private debt = 0;

  private constructor(
    readonly peer: RawPeer,
    private readonly options: ScriptedSeederOptions,
  ) {}

  static async open(options: ScriptedSeederOptions): Promise<ScriptedSeeder> {
    const { port, infoHash, address = '127.0.0.1' } = options;
    const seeder = new ScriptedSeeder(await RawPeer.open(port, infoHash, address), options);
    if (!(await seeder.peer.isGreetedWithin(30_000))) throw new Error('The engine did not greet');
    const haveAll = message(14);
    const unchoke = message(1);
    seeder.peer.send(Buffer.concat([haveAll, unchoke]));
    seeder.timer = setInterval(() => seeder.answer(), tickMs);
    return seeder;
  }

  /** Blocks it was asked for. */
  get requests(): number {
    return this.peer.messages.filter(({ id }) => id === request).length;
  }

  get isClosed(): boolean {
    return this.peer.socket.closed;
  }

  close(): void {
    clearInterval(this.timer);
    this.peer.close();
  }

  private answer(): void {
    if (this.peer.socket.destroyed) return;
    const { rate = Number.POSITIVE_INFINITY, pieceLength, blockAt } = this.options;
    const asked = this.peer.messages.filter(({ id }) => id === request).slice(this.answered);
    let allowance = (rate * tickMs) / 1_000 + this.debt;
    for (const { payload } of asked) {
      if (allowance <= 0) break;
      this.answered += 1;
      const at = payload.readUInt32BE(0) * pieceLength + payload.readUInt32BE(4);
      const block = blockAt(at, payload.readUInt32BE(8));
      if (!block) continue;
      this.peer.send(message(piece, Buffer.concat([payload.subarray(0, 8), block])));
      this.sentBytes += block.length;
      allowance -= block.length;
    }
    this.debt = Math.min(0, allowance);
  }
}
