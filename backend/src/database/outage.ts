const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * Remembers that the database went away, so that not everybody who asks waits for it: after a failure it is left alone
 * for a moment, each time for longer.
 */
export class Outage {
  private pauseMs = 0;
  private until = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether it may be asked. One who may is alone with that until the next pause is over. */
  mayAsk(): boolean {
    if (this.pauseMs === 0) return true;
    if (this.now() < this.until) return false;
    this.until = this.now() + this.pauseMs;
    return true;
  }

  failed(): void {
    // Many fail at once; that is one failure.
    if (this.now() < this.until) return;
    this.pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, this.pauseMs * 2));
    this.until = this.now() + this.pauseMs;
  }

  over(): void {
    this.pauseMs = 0;
    this.until = 0;
  }
}
