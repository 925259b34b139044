import { WebSeedError } from '../../../http-client/web-seed.errors.js';
import type { FileRange, OpenedRange, WebSeedHttp } from '../../../http-client/web-seed-http.js';
import type { SeedFile, SeedLayout } from './seed-layout.js';

/** What is asked for in one request, bytes: twice as much each time it goes on where it was, for that is likely to last. */
const firstRange = 2 * 1024 * 1024;
const maxRange = 32 * 1024 * 1024;
/** To read on over so many bytes that nobody asked for is quicker than another request. */
const maxSkip = 256 * 1024;
/** Milliseconds that a redirect's end is asked directly: files move. */
const rememberMs = 5 * 60_000;

export interface SeedLaneOptions {
  seed: string;
  layout: SeedLayout;
  http: Pick<WebSeedHttp, 'open'>;
  /** Where the redirects of files led, shared by the lanes of a seed. */
  led: Map<SeedFile, { url: URL; until: number }>;
  /** Waits until so many bytes may be taken. */
  pace: (bytes: number) => Promise<void>;
  now: () => number;
}

/** The file that could not be had, with the reason. */
export class SeedFileError extends Error {
  override readonly name = 'SeedFileError';

  constructor(
    readonly file: SeedFile,
    readonly reason: WebSeedError,
  ) {
    super(reason.message, { cause: reason });
  }
}

/**
 * One request at a time to a web seed, read as far as somebody wants its bytes: what is not taken waits at the server. It goes on
 * where it stands when it can, and asks anew where it cannot.
 */
export class SeedLane {
  private open: { file: SeedFile; range: OpenedRange; at: number; left: Buffer } | null = null;
  private opening: AbortController | null = null;
  /** Where the last request ended, and how much it asked for. */
  private last = { end: -1, bytes: 0 };

  constructor(private readonly options: SeedLaneOptions) {}

  /** The byte of the torrent it would read next; null when it would have to ask. */
  get position(): number | null {
    return this.open ? this.open.file.offset + this.open.at : null;
  }

  /** Whether it stands so shortly before a byte of the torrent that reading on is best. */
  isNear(position: number): boolean {
    if (!this.open) return false;
    const { file, range, at } = this.open;
    const wanted = position - file.offset;
    return wanted >= at && wanted - at <= maxSkip && wanted < range.to;
  }

  /** Bytes of the torrent. Errors: `SeedFileError`; `SeedLaneInterrupted` after `interrupt`. */
  async take(start: number, length: number): Promise<Buffer> {
    const { layout } = this.options;
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const file = layout.fileAt(start + done);
      const from = start + done - file.offset;
      const count = Math.min(length - done, file.length - from);
      const target = bytes.subarray(done, done + count);
      if (file.isPadding) target.fill(0);
      else await this.fill(file, from, target);
      done += count;
    }
    return bytes;
  }

  /** Gives up a request that has not been answered yet: somewhere else is more urgent. */
  interrupt(): void {
    this.opening?.abort(new SeedLaneInterrupted());
  }

  close(): void {
    this.interrupt();
    this.open?.range.close();
    this.open = null;
  }

  private async fill(file: SeedFile, from: number, target: Buffer): Promise<void> {
    try {
      let done = 0;
      while (done < target.length) done += await this.read(file, from + done, target.subarray(done));
    } catch (error) {
      this.open?.range.close();
      this.open = null;
      if (error instanceof SeedLaneInterrupted) throw error;
      const reason =
        error instanceof WebSeedError
          ? error
          : new WebSeedError('failing', 'its answer broke off', null, error);
      throw new SeedFileError(file, reason);
    }
  }

  /** Reads some bytes of a file; answers how many. */
  private async read(file: SeedFile, from: number, target: Buffer): Promise<number> {
    const open =
      this.open?.file === file && this.isNear(file.offset + from) ? this.open : await this.ask(file, from);
    for (;;) {
      const skipped = Math.min(from - open.at, open.left.length);
      open.left = open.left.subarray(skipped);
      open.at += skipped;
      if (open.left.length > 0) break;
      const next = await open.range.body.next();
      if (next.done === true) throw new WebSeedError('failing', 'its answer broke off');
      await this.options.pace(next.value.length);
      open.left = next.value;
    }
    const count = Math.min(target.length, open.left.length, open.range.to - open.at);
    open.left.copy(target, 0, 0, count);
    open.left = open.left.subarray(count);
    open.at += count;
    if (open.at >= open.range.to) {
      open.range.close();
      if (this.open === open) this.open = null;
    }
    return count;
  }

  private async ask(file: SeedFile, from: number) {
    const { seed, layout, http, led, now } = this.options;
    this.open?.range.close();
    this.open = null;
    const front = layout.addressOf(seed, file);
    if (!front) throw new WebSeedError('gone', 'the file has no address');
    const isGoingOn = this.last.end === file.offset + from;
    const bytes = isGoingOn ? Math.min(maxRange, 2 * this.last.bytes) : firstRange;
    const wanted = { from, to: Math.min(file.length, from + bytes), total: file.length };
    this.last = { end: file.offset + wanted.to, bytes };
    const opening = new AbortController();
    this.opening = opening;
    try {
      const range =
        (await this.askAgain(file, wanted, opening.signal)) ??
        (await http.open(front, wanted, opening.signal));
      if (opening.signal.aborted) {
        range.close();
        opening.signal.throwIfAborted();
      }
      if (range.url.href !== front.href && !led.has(file))
        led.set(file, { url: range.url, until: now() + rememberMs });
      this.open = { file, range, at: range.from, left: Buffer.alloc(0) };
      return this.open;
    } finally {
      this.opening = null;
    }
  }

  /** Asks where the redirects led before; null when that is unknown, or not so any more. */
  private async askAgain(
    file: SeedFile,
    wanted: FileRange,
    signal: AbortSignal,
  ): Promise<OpenedRange | null> {
    const { led, http, now } = this.options;
    const known = led.get(file);
    if (!known) return null;
    if (known.until > now()) {
      try {
        return await http.open(known.url, wanted, signal);
      } catch {
        signal.throwIfAborted();
      }
    }
    led.delete(file);
    return null;
  }
}

/** A request was given up for another one. */
export class SeedLaneInterrupted extends Error {
  override readonly name = 'SeedLaneInterrupted';
}
