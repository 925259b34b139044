/** Milliseconds between looks. */
const interval = 500;

/** How late timers run in this process: a measure of too little processor. */
export class Lateness {
  /** The mean of late, milliseconds. */
  ms = 0;
  private timer: NodeJS.Timeout | undefined;

  start(): void {
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      const late = Math.max(0, now - last - interval);
      this.ms += (late - this.ms) / 4;
      last = now;
    }, interval).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
