interface Waiting {
  bytes: number;
  start: () => void;
}

/** Uploads of all stores of a process: a few at a time, and bounded in bytes. */
export class UploadQueue {
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private held = 0;

  /** `maxBytes` may wait or be under way before whoever brings more has to wait. */
  constructor(
    private readonly maxBytes: number,
    private readonly concurrency = 4,
  ) {}

  /** Bytes that wait or are under way. */
  get bytes(): number {
    return this.held;
  }

  /** Whether so many bytes more may trail behind. */
  hasRoom(bytes: number): boolean {
    return this.held + bytes <= this.maxBytes;
  }

  async run<T>(bytes: number, upload: () => Promise<T>): Promise<T> {
    this.held += bytes;
    try {
      if (this.running >= this.concurrency)
        await new Promise<void>((start) => this.waiting.push({ bytes, start }));
      this.running += 1;
      try {
        return await upload();
      } finally {
        this.running -= 1;
        this.waiting.shift()?.start();
      }
    } finally {
      this.held -= bytes;
    }
  }
}
