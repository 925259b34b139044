import type { Logger } from './logger.js';

const lookMs = 250;
/** From here on it is worth a line. */
const longMs = 500;

/**
 * Tells the log when this process did nothing for half a second or more: something held the thread that serves, or the
 * machine stopped it. What it was cannot be told from the same thread.
 */
export class StallWatch {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly logger: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {}

  start(): void {
    let last = this.now();
    this.timer = setInterval(() => {
      const now = this.now();
      const stalledMs = Math.round(now - last - lookMs);
      last = now;
      if (stalledMs >= longMs) this.logger.warn({ stalledMs }, 'the process stood still');
    }, lookMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
