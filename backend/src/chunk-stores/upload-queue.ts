import { S3UnavailableError } from './s3-bucket.js';

interface Waiting {
  bytes: number;
  enter: (error?: Error) => void;
}

/** How long whoever brings more than there is room for waits for room, milliseconds. */
const patienceMs = 3_000;

/**
 * Uploads of all stores of a process: a few at a time, and bounded in bytes. While they fail nobody is kept waiting: one upload at
 * a time finds out whether it works again.
 */
export class UploadQueue {
  /** Not taken yet. */
  private readonly outside: Waiting[] = [];
  private readonly starts: (() => void)[] = [];
  private running = 0;
  private held = 0;
  /** Why the last upload that ended failed. */
  private failure: Error | null = null;

  /** `maxBytes` may wait or be under way before whoever brings more has to wait. */
  constructor(
    private readonly maxBytes: number,
    private readonly concurrency = 4,
    private readonly waitMs = patienceMs,
  ) {}

  /** Bytes that wait or are under way. */
  get bytes(): number {
    return this.held;
  }

  /**
   * Takes so many bytes as soon as there is room for them, in the order of asking; `run` gives them back. Errors: what uploads fail with
   * at present, and `S3UnavailableError` when there was no room for too long.
   */
  async enter(bytes: number): Promise<void> {
    if (this.failure && this.held > 0) throw this.failure;
    if (this.outside.length > 0 || !this.fits(bytes)) await this.room(bytes);
    else this.held += bytes;
  }

  /** Uploads what has been taken. */
  async run(bytes: number, upload: () => Promise<void>): Promise<void> {
    if (this.running >= this.concurrency) await new Promise<void>((start) => this.starts.push(start));
    this.running += 1;
    try {
      await upload();
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      this.running -= 1;
      this.held -= bytes;
      this.starts.shift()?.();
      this.admit();
    }
  }

  /** What is larger than all the room goes alone. */
  private fits(bytes: number): boolean {
    return this.held === 0 || this.held + bytes <= this.maxBytes;
  }

  private room(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (error?: Error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
      const waiting = { bytes, enter };
      const timer = setTimeout(() => {
        this.outside.splice(this.outside.indexOf(waiting), 1);
        enter(new S3UnavailableError('The object store takes too long'));
      }, this.waitMs);
      this.outside.push(waiting);
    });
  }

  private admit(): void {
    for (let next = this.outside[0]; next && this.fits(next.bytes); next = this.outside[0]) {
      this.outside.shift();
      this.held += next.bytes;
      next.enter();
    }
  }
}
