/** Time, as the scheduler sees it; tests turn it by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once. @returns forgets about it */
  after(ms: number, callback: () => void): () => void;
}

/** Node's timers overflow beyond 24.8 days. */
const longestMs = 24 * 60 * 60_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), longestMs));
    // A job that is due tomorrow does not keep a process that wants to end.
    timer.unref();
    return () => clearTimeout(timer);
  },
};
