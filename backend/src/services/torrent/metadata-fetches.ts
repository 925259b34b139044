/** Peers of one torrent asked for its metadata at the same time. */
const maxAtOnce = 8;
/** Bytes that metadata on its way may take in all. */
const maxBytes = 64 * 1024 * 1024;
/** Milliseconds that one peer may take. */
const maxMs = 120_000;
/** Milliseconds without anything new after which another peer gets the turn. */
const silentMs = 3_000;

export interface MetadataFetch {
  infoHash: string;
  /** What the peer says its metadata takes. */
  bytes: number;
  /** Ask the peer, from the beginning. */
  begin: () => void;
  /** Stop asking and let go of what came. Another turn may come. */
  pause: () => void;
}

interface Turn extends MetadataFetch {
  /** When it was first asked. */
  firstAt: number | null;
  /** When it last sent something new. */
  heardAt: number;
}

/**
 * Whose metadata is fetched: a few peers at a time, in a bounded amount of memory, and none of them for ever. A peer that
 * sends nothing keeps its turn only while no other waits for one.
 */
export class MetadataFetches {
  private readonly waiting = new Set<Turn>();
  private readonly running = new Set<Turn>();
  private timer: NodeJS.Timeout | undefined;

  /** `now`: milliseconds; only differences count. */
  constructor(private readonly now: () => number) {}

  /** Waits for a turn, and begins at once where one is free. */
  enter(fetch: MetadataFetch): { progressed: () => void; end: () => void } {
    const turn: Turn = { ...fetch, firstAt: null, heardAt: 0 };
    this.waiting.add(turn);
    this.review();
    return {
      progressed: () => (turn.heardAt = this.now()),
      end: () => {
        if (this.waiting.delete(turn) || this.running.delete(turn)) this.review();
      },
    };
  }

  /** Gives out turns, and takes them back. It is called by itself when time alone changes something. */
  review(): void {
    clearTimeout(this.timer);
    this.endOverdue();
    this.beginWaiting();
    for (const turn of [...this.running]) if (this.mustYield(turn)) this.yieldTurn(turn);
    if (this.running.size + this.waiting.size > 0)
      this.timer = setTimeout(() => this.review(), silentMs / 3).unref();
  }

  private endOverdue(): void {
    for (const turn of [...this.running, ...this.waiting]) {
      if (turn.firstAt === null || this.now() - turn.firstAt < maxMs) continue;
      const wasRunning = this.running.delete(turn);
      this.waiting.delete(turn);
      if (wasRunning) turn.pause();
    }
  }

  private beginWaiting(): void {
    for (const turn of [...this.waiting]) {
      if (!this.hasRoomFor(turn)) continue;
      this.waiting.delete(turn);
      this.running.add(turn);
      turn.heardAt = this.now();
      turn.firstAt ??= turn.heardAt;
      turn.begin();
    }
  }

  private hasRoomFor({ infoHash, bytes }: Turn): boolean {
    return this.atOnce(infoHash) < maxAtOnce && this.heldBytes() + bytes <= maxBytes;
  }

  /** It is silent, and one that waits could begin in its place. */
  private mustYield(turn: Turn): boolean {
    if (this.now() - turn.heardAt < silentMs) return false;
    return [...this.waiting].some(
      ({ infoHash }) => infoHash === turn.infoHash || this.atOnce(infoHash) < maxAtOnce,
    );
  }

  private yieldTurn(turn: Turn): void {
    this.running.delete(turn);
    turn.pause();
    this.beginWaiting();
    this.waiting.add(turn);
  }

  private atOnce(infoHash: string): number {
    return [...this.running].filter((turn) => turn.infoHash === infoHash).length;
  }

  private heldBytes(): number {
    return [...this.running].reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
