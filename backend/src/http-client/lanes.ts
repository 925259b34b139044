/** `user`: somebody waits for the answer. `background`: nobody does. */
export type Lane = 'user' | 'background';

export interface Budget {
  /** Requests begun in a second, at most. */
  perSecond: number;
  /** Requests under way at the same time, at most. */
  atOnce: number;
}

interface Waiting {
  begin: () => void;
  refuse: (reason: unknown) => void;
}

/** Of each lane; more would only wait beyond their deadlines. */
const mostWaiting = 1_000;

/**
 * Keeps requests to one provider within its budget. Those for whom somebody waits go first; the others leave half of the
 * budget free for them, so that a sync under way is never felt.
 */
export class Lanes {
  private readonly queues: Record<Lane, Waiting[]> = { user: [], background: [] };
  private tokens: number;
  private filledAt: number;
  private underWay: Record<Lane, number> = { user: 0, background: 0 };
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly budget: Budget,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.tokens = budget.perSecond;
    this.filledAt = now();
  }

  /** Waits for its turn. @returns to be called when the request has ended. Throws the reason of `signal`, or `LanesFullError`. */
  async enter(lane: Lane, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const queue = this.queues[lane];
    if (queue.length > 0 || !this.take(lane)) {
      if (queue.length >= mostWaiting) throw new LanesFullError();
      await this.wait(queue, signal);
    }
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.underWay[lane] -= 1;
      this.drain();
    };
  }

  /** Waiting, by lane. */
  get waiting(): Record<Lane, number> {
    return { user: this.queues.user.length, background: this.queues.background.length };
  }

  private wait(queue: Waiting[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = queue.indexOf(waiting);
        if (at >= 0) queue.splice(at, 1);
        waiting.refuse(signal.reason);
      };
      const waiting: Waiting = {
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
        refuse: reject,
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
      this.drain();
    });
  }

  private take(lane: Lane): boolean {
    this.fill();
    const { perSecond, atOnce } = this.budget;
    const total = this.underWay.user + this.underWay.background;
    if (total >= atOnce || this.tokens < 1) return false;
    const isBackground = lane === 'background';
    if (isBackground && this.queues.user.length > 0) return false;
    if (isBackground && this.underWay.background >= Math.max(1, Math.floor(atOnce / 2))) return false;
    if (isBackground && perSecond >= 2 && this.tokens < perSecond / 2) return false;
    this.tokens -= 1;
    this.underWay[lane] += 1;
    return true;
  }

  private fill(): void {
    const now = this.now();
    const { perSecond } = this.budget;
    this.tokens = Math.min(
      perSecond,
      Math.max(1, perSecond),
      this.tokens + ((now - this.filledAt) / 1000) * perSecond,
    );
    this.filledAt = now;
  }

  private drain(): void {
    for (const lane of ['user', 'background'] as const) {
      const queue = this.queues[lane];
      while (queue.length > 0 && this.take(lane)) queue.shift()?.begin();
    }
    clearTimeout(this.timer);
    const isFull = this.underWay.user + this.underWay.background >= this.budget.atOnce;
    if (isFull || (this.queues.user.length === 0 && this.queues.background.length === 0)) return;
    // Only tokens are missing; they come with time.
    this.timer = setTimeout(() => this.drain(), Math.ceil(1000 / this.budget.perSecond));
    this.timer.unref();
  }
}

/** So many wait for a provider that waiting is no use. */
export class LanesFullError extends Error {
  override readonly name = 'LanesFullError';
}
