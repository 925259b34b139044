/** A place in the total order of events: milliseconds since 1970, and a count within the millisecond. */
export interface Stamp {
  at: number;
  counter: number;
}

/**
 * Stamps that never go back: a hybrid logical clock (Kulkarni et al. 2014). What is stamped after something was seen
 * comes after it in the order, even when the clock of the machine was set back in between.
 */
export class HybridClock {
  private last: Stamp = { at: 0, counter: 0 };

  constructor(private readonly now: () => number) {}

  next(): Stamp {
    const at = Math.max(this.now(), this.last.at);
    this.last = { at, counter: at === this.last.at ? this.last.counter + 1 : 0 };
    return this.last;
  }

  /** From now on everything comes after this moment. */
  observe(at: number): void {
    if (at > this.last.at) this.last = { at, counter: 0 };
  }
}
