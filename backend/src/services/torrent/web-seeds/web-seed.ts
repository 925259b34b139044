import { WebSeedError } from '../../../http-client/web-seed.errors.js';
import type { WebSeedHttp } from '../../../http-client/web-seed-http.js';
import type { BlockRequest } from '../scheduler/scheduler-types.js';
import type { BlockSource, BlockSourceListener } from './block-source.js';
import { SeedFileError, SeedLane, SeedLaneInterrupted } from './seed-lane.js';
import type { SeedFile, SeedLayout } from './seed-layout.js';

export interface WebSeedOptions {
  /** An address that `acceptedWebSeeds` took. */
  seed: string;
  layout: SeedLayout;
  /** Of the torrent, bytes. */
  length: number;
  pieceLength: number;
  http: Pick<WebSeedHttp, 'open'>;
  /** Waits until so many bytes may be taken. */
  pace: (bytes: number) => Promise<void>;
  now: () => number;
  random: () => number;
  /** It can be asked no more for a while, or not for everything. */
  onShort: () => void;
}

interface Wanted {
  piece: number;
  offset: number;
  /** Byte of the torrent. */
  start: number;
  /** Bytes. */
  length: number;
}

interface LaneState {
  current: Wanted | null;
  wake: (() => void) | null;
  /** Given up: what becomes of it says nothing about the seed. */
  isOver: boolean;
}

/** The Archive asks for one or two requests at a time; one more reader is rare. */
const maxLanes = 2;
/** How far ahead of where a lane stands the next block may lie for it to be the lane's, bytes. */
const laneReach = 256 * 1024;
/** How long an unread answer is kept for its reader to go on, milliseconds. */
const idleMs = 10_000;
/** Waits after failures in a row, milliseconds, unless the server says how long. */
const firstWaitMs = 500;
const mostWaitMs = 5 * 60_000;

/** A web seed (BEP 19) of one torrent: turns the blocks it is asked for into few long requests. */
export class WebSeed implements BlockSource {
  private readonly wanted = new Map<number, Wanted>();
  private readonly lanes = new Map<SeedLane, LaneState>();
  private readonly led = new Map<SeedFile, { url: URL; until: number }>();
  private readonly missingFiles = new Set<SeedFile>();
  private readonly missingPieces = new Set<number>();
  private readonly sent = new Set<number>();
  private listener: BlockSourceListener | null = null;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private isBusy = false;
  private isClosed = false;
  /** Why it does not give what it is asked for, one sentence's end; null while it does. */
  trouble: string | null = null;

  constructor(private readonly options: WebSeedOptions) {}

  /** Whether it can be asked now. */
  get isUsable(): boolean {
    return !this.isBusy && !this.isClosed;
  }

  /** Whether it has all of the torrent, as far as is known. */
  get isWhole(): boolean {
    return this.missingFiles.size === 0 && this.missingPieces.size === 0;
  }

  listen(listener: BlockSourceListener): void {
    this.listener = listener;
  }

  bitfield(): Uint8Array {
    const { length, pieceLength, layout } = this.options;
    const count = Math.ceil(length / pieceLength);
    const bits = new Uint8Array(Math.ceil(count / 8)).fill(0xff);
    const drop = (piece: number) => (bits[piece >> 3] = (bits[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7)));
    for (const file of layout.files)
      if (!file.isPadding && (file.path === null || this.missingFiles.has(file)))
        for (
          let piece = this.pieceAt(file.offset);
          piece <= this.pieceAt(file.offset + file.length - 1);
          piece += 1
        )
          drop(piece);
    for (const piece of this.missingPieces) drop(piece);
    return bits;
  }

  tell(cancels: readonly BlockRequest[], requests: readonly BlockRequest[]): void {
    if (this.isClosed) return;
    for (const block of cancels) {
      const start = this.startOf(block);
      this.wanted.delete(start);
      for (const [lane, { current }] of this.lanes) if (current?.start === start) lane.interrupt();
    }
    for (const block of requests) {
      const { piece, offset, length } = block;
      const start = this.startOf(block);
      this.wanted.set(start, { piece, offset, start, length });
    }
    for (const state of this.lanes.values()) state.wake?.();
    this.engage();
  }

  convict(failed: readonly number[]): void {
    const own = failed.filter((piece) => this.sent.has(piece));
    const { pieceLength, layout } = this.options;
    // A neighbour of the film that has changed since the torrent was made spoils the piece they share, not the film.
    const isShared = (piece: number) =>
      layout.filesIn(piece * pieceLength, (piece + 1) * pieceLength).length > 1;
    if (own.length === 0 || !own.every(isShared)) {
      this.trouble = 'it sent wrong bytes';
      this.end();
      return;
    }
    for (const piece of own) this.missingPieces.add(piece);
    this.giveUp();
    this.tellOfLess();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.giveUp();
  }

  private tellOfLess(): void {
    this.listener?.onLess();
    this.options.onShort();
  }

  private end(): void {
    this.close();
    this.listener?.onGone();
  }

  private giveUp(): void {
    this.wanted.clear();
    for (const [lane, state] of this.lanes) {
      state.isOver = true;
      lane.close();
      state.wake?.();
    }
  }

  /** A lane more, when there is something no lane will come to. */
  private engage(): void {
    if (this.isBusy || this.lanes.size >= maxLanes || this.wanted.size === 0) return;
    const { seed, layout, http, pace, now } = this.options;
    const lane = new SeedLane({ seed, layout, http, pace, now, led: this.led });
    const first = this.next(lane);
    if (!first) return;
    const state = { current: first, wake: null, isOver: false };
    this.lanes.set(lane, state);
    void this.work(lane, state, first);
  }

  private async work(lane: SeedLane, state: LaneState, first: Wanted): Promise<void> {
    try {
      let block: Wanted | null = first;
      while (block && !state.isOver) {
        this.wanted.delete(block.start);
        state.current = block;
        await this.deliver(lane, block, state);
        state.current = null;
        block = this.next(lane) ?? (await this.untilNext(lane, state));
      }
    } catch (error) {
      if (!state.isOver) this.onTrouble(error);
    } finally {
      lane.close();
      this.lanes.delete(lane);
      // What came while it closed.
      if (!this.isClosed) this.engage();
    }
  }

  /** Keeps the answer for a while, unread: its reader may go on. */
  private async untilNext(lane: SeedLane, state: LaneState): Promise<Wanted | null> {
    if (state.isOver) return null;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      state.wake = resolve;
      timer = setTimeout(resolve, idleMs).unref();
    });
    clearTimeout(timer);
    state.wake = null;
    return this.next(lane);
  }

  private async deliver(lane: SeedLane, block: Wanted, state: LaneState): Promise<void> {
    const { piece, offset, start, length } = block;
    try {
      const bytes = await lane.take(start, length);
      if (state.isOver) return;
      this.failures = 0;
      this.trouble = null;
      this.sent.add(piece);
      this.listener?.onBlock({ piece, offset, length }, bytes);
    } catch (error) {
      if (!(error instanceof SeedLaneInterrupted)) throw error;
    }
  }

  /** What a lane is to read next: on where it stands, else what is wanted first and no other lane will come to. */
  private next(lane: SeedLane): Wanted | null {
    if (this.isClosed || this.isBusy || this.wanted.size === 0) return null;
    const { position } = lane;
    const here = position === null ? undefined : this.wanted.get(position);
    if (here) return here;
    const sorted = [...this.wanted.values()].sort((a, b) => a.start - b.start);
    const near = position === null ? undefined : sorted.find(({ start }) => start >= position);
    if (near && lane.isNear(near.start)) return near;
    const others = new Set<Wanted>();
    for (const [other, { current }] of this.lanes) {
      if (other === lane) continue;
      let reach = current ? current.start + current.length : other.position;
      if (reach === null) continue;
      for (const block of sorted) {
        if (block.start < reach) continue;
        if (block.start - reach > laneReach) break;
        others.add(block);
        reach = block.start + block.length;
      }
    }
    for (const block of this.wanted.values()) if (!others.has(block)) return block;
    return null;
  }

  private onTrouble(error: unknown): void {
    const { file, reason } =
      error instanceof SeedFileError
        ? error
        : { file: null, reason: new WebSeedError('failing', 'it cannot be read', null, error) };
    this.trouble = reason.message;
    if (reason.fault === 'forbidden') this.end();
    else if ((reason.fault === 'gone' || reason.fault === 'mismatch') && file) this.lack(file);
    else this.rest(reason.retryAfterMs);
  }

  private lack(file: SeedFile): void {
    this.missingFiles.add(file);
    this.giveUp();
    if (this.bitfield().every((byte) => byte === 0)) this.end();
    else this.tellOfLess();
  }

  private rest(retryAfterMs: number | null): void {
    if (this.isBusy) return;
    this.isBusy = true;
    this.failures += 1;
    this.giveUp();
    this.listener?.onBusy();
    this.options.onShort();
    const usual = Math.min(mostWaitMs, firstWaitMs * 2 ** Math.min(20, this.failures - 1));
    const wait = Math.max(retryAfterMs ?? 0, usual * (0.75 + this.options.random() / 2));
    this.timer = setTimeout(() => {
      this.isBusy = false;
      if (!this.isClosed) this.listener?.onFree();
    }, wait);
    this.timer.unref();
  }

  private startOf({ piece, offset }: Pick<BlockRequest, 'piece' | 'offset'>): number {
    return piece * this.options.pieceLength + offset;
  }

  private pieceAt(position: number): number {
    return Math.floor(position / this.options.pieceLength);
  }
}
