import { readEvents, type StreamEvent } from './event-stream.js';
import type { Session } from './session.js';

export type LiveTurn = 'gone' | 'back';

export interface LiveEventsOptions {
  session: Pick<Session, 'fetch' | 'getState' | 'subscribe'>;
  url: string;
  /** Hears each event, and when the stream breaks off or is there again after a break: anything may have happened in it. */
  onEvent: (event: StreamEvent | LiveTurn) => void;
  /** Whether somebody looks at the page. */
  isSeen: () => boolean;
  /** Tells of every change of `isSeen`. */
  onSeen: (listener: () => void) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
  wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The first pause after a break, and the longest. Milliseconds. */
const PAUSE_MS = { first: 1_000, longest: 60_000 };
/** A stream that held this long was a good one: the next pause is short again. Milliseconds. */
const GOOD_MS = 30_000;

/**
 * What the server tells as it happens: one stream for each page, open while somebody is signed in and looks at it, for
 * browsers allow few connections. It comes back by itself; while it is away, pages ask from time to time as before.
 */
export class LiveEvents {
  readonly #options: Required<LiveEventsOptions>;
  #running: AbortController | null = null;
  #isUp = false;
  #wasUp = false;

  constructor(options: LiveEventsOptions) {
    this.#options = { now: () => Date.now(), wait: pause, ...options };
  }

  /** Whether changes are told now: then nobody need ask. */
  get isUp(): boolean {
    return this.#isUp;
  }

  start(): void {
    const { session, onSeen } = this.#options;
    session.subscribe(() => this.#follow());
    onSeen(() => this.#follow());
    this.#follow();
  }

  /** Opens or closes, as is wanted now. */
  #follow(): void {
    const { session, isSeen } = this.#options;
    const isWanted = session.getState().status === 'signed-in' && isSeen();
    if (!isWanted) {
      this.#running?.abort();
      this.#running = null;
      this.#isUp = false;
      if (session.getState().status !== 'signed-in') this.#wasUp = false;
    } else if (!this.#running) {
      this.#running = new AbortController();
      void this.#run(this.#running.signal);
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { now, wait, onEvent } = this.#options;
    // Asked anew after every wait.
    const isOver = () => signal.aborted;
    let next = PAUSE_MS.first;
    while (!isOver()) {
      const began = now();
      await this.#listen(signal).catch(() => undefined);
      // Whoever closed it has said so, and the next one may be open already.
      if (isOver()) return;
      if (this.#isUp) {
        this.#isUp = false;
        onEvent('gone');
      }
      if (now() - began >= GOOD_MS) next = PAUSE_MS.first;
      await wait(next, signal).catch(() => undefined);
      next = Math.min(PAUSE_MS.longest, next * 2);
    }
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { session, url, onEvent } = this.#options;
    const response = await session.fetch(url, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      return;
    }
    if (this.#wasUp) onEvent('back');
    this.#isUp = this.#wasUp = true;
    for await (const event of readEvents(response)) {
      if (signal.aborted) return;
      onEvent(event);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
