import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What crossed an interface, packet by packet: not the judge (the kernel's counters are), but the one who can say what it was. */
export class PacketCapture {
  private readonly lines: string[] = [];
  private onSentAgain: (count: number) => void = () => undefined;

  private constructor(private readonly reader: ChildProcess) {}

  /** @param through what to put before a command to run it in the network of the interface */
  static async open(through: readonly string[], interfaceName: string): Promise<PacketCapture> {
    const script = fileURLToPath(new URL('packet-reader.py', import.meta.url));
    const [program, ...rest] = [...through, 'python3', script, interfaceName];
    const reader = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    const capture = new PacketCapture(reader);
    const lines = createInterface(reader.stdout);
    await once(lines, 'line');
    lines.on('line', (line) => {
      if (line.startsWith('again')) capture.onSentAgain(Number(line.split(' ')[1]));
      else capture.lines.push(line);
    });
    return capture;
  }

  /**
   * Sends the last packet of every conversation once more, as a slow route delivers it late. Resolves to their number.
   * @param which `all`: also of conversations that have ended, and new connections that are never completed
   */
  async sendLateOnes(which: 'open' | 'all' = 'open'): Promise<number> {
    const answer = new Promise<number>((resolve) => (this.onSentAgain = resolve));
    this.reader.stdin?.write(`${which}\n`);
    return answer;
  }

  /** How many packets so far. */
  get count(): number {
    return this.lines.length;
  }

  /** Packets after the first `from`, each in one line for people. */
  list(from = 0): string[] {
    return this.lines.slice(from).map((line) => {
      const [direction = '', hex = ''] = line.split(' ');
      return `${direction} ${describe(Buffer.from(hex, 'hex'))}`;
    });
  }

  close(): void {
    this.reader.kill('SIGKILL');
  }
}

const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK'];

/** An Ethernet frame in words: who to whom, and what. */
function describe(frame: Buffer): string {
  const etherType = frame.readUInt16BE(12);
  if (etherType !== 0x0800) return `type 0x${etherType.toString(16)}, ${frame.length} bytes`;
  const packet = frame.subarray(14);
  const head = ((packet[0] ?? 0) & 0x0f) * 4;
  const [from, to] = [12, 16].map((at) => packet.subarray(at, at + 4).join('.'));
  const inner = packet.subarray(head);
  const size = `${frame.length} bytes`;
  if (packet[9] === 1) return `ICMP ${inner[0]}/${inner[1]} ${from} to ${to}, ${size}`;
  const ports = `${from}:${inner.readUInt16BE(0)} to ${to}:${inner.readUInt16BE(2)}`;
  if (packet[9] !== 6) return `protocol ${packet[9]} ${ports}, ${size}`;
  const flags = flagNames.filter((_, bit) => ((inner[13] ?? 0) & (1 << bit)) !== 0).join(' ');
  return `TCP ${flags} ${ports}, ${size}`;
}
