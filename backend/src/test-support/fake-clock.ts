import type { Clock } from '../services/scheduler/clock.js';

/** Time that stands still until it is moved. Timers fire in their order, and `settle` is awaited after each. */
export class FakeClock implements Clock {
  private timers: { at: number; callback: () => void }[] = [];

  constructor(private time = Date.UTC(2026, 10, 22, 12)) {}

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + Math.max(0, ms), callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Timers that are set. */
  get waiting(): number {
    return this.timers.length;
  }

  /** How many timers have fired. */
  wakeUps = 0;

  /** Sets the time, as an administrator or a time server does. Timers run on: they measure what passes. */
  jump(ms: number): void {
    this.time += ms;
    for (const timer of this.timers) timer.at += ms;
  }

  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const next = this.timers.reduce<{ at: number; callback: () => void } | null>(
        (first, timer) => (timer.at <= until && (first === null || timer.at < first.at) ? timer : first),
        null,
      );
      if (!next) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      this.wakeUps += 1;
      next.callback();
      await settle();
    }
    this.time = until;
  }
}
