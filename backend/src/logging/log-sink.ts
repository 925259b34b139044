import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Most bytes that wait for a reader who is slow. */
const maxWaitingBytes = 1024 * 1024;
const retryMs = 50;

interface Entry {
  bytes: Uint8Array;
  /** How many lost lines it tells of, in front of its own. */
  tells: number;
}

export interface LogSinkOptions {
  /** File descriptor; standard output unless given. */
  fd?: number;
  /** As `fs.writeSync`: answers how many bytes were taken. */
  write?: (fd: number, bytes: Uint8Array) => number;
}

/**
 * Where log lines go. A full disk, a closed pipe or a reader who does not read costs lines, never the server: they are
 * counted and dropped, and the first line that gets through again tells how many.
 */
export class LogSink implements DestinationStream {
  private readonly fd: number;
  private readonly take: (fd: number, bytes: Uint8Array) => number;
  private waiting: Entry[] = [];
  private waitingBytes = 0;
  private lostLines = 0;
  private untold = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor({ fd = 1, write = writeSync }: LogSinkOptions = {}) {
    this.fd = fd;
    this.take = write;
  }

  /** Lines dropped since the start. */
  get lost(): number {
    return this.lostLines;
  }

  write(line: string): void {
    const tells = this.untold;
    const bytes = Buffer.from(tells > 0 ? notice(tells) + line : line);
    if (this.waitingBytes + bytes.length > maxWaitingBytes) {
      this.lose(1);
      return;
    }
    this.untold = 0;
    this.waiting.push({ bytes, tells });
    this.waitingBytes += bytes.length;
    this.flush();
  }

  /** Writes what waits, as far as it is taken. */
  flush(): void {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      try {
        const taken = this.take(this.fd, next.bytes);
        this.waitingBytes -= taken;
        next.bytes = next.bytes.subarray(taken);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') this.retryLater();
        else this.dropWaiting();
        return;
      }
      if (next.bytes.length === 0) this.waiting.shift();
    }
  }

  private retryLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, retryMs).unref();
  }

  private dropWaiting(): void {
    for (const { tells } of this.waiting) {
      this.untold += tells;
      this.lose(1);
    }
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private lose(lines: number): void {
    this.lostLines += lines;
    this.untold += lines;
  }
}

function notice(lines: number): string {
  return `${JSON.stringify({ level: 40, time: Date.now(), lines, msg: 'log lines were lost' })}\n`;
}
