import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest time that work on a foreign answer may hold the event loop before others get their turn, milliseconds. */
const turnMs = 8;

/** Divides long work into turns of the event loop, so that other requests go on meanwhile. */
export class EventLoopTurns {
  private startedAt = performance.now();

  /** Whether the current turn has lasted long enough to end. */
  get isOver(): boolean {
    return performance.now() - this.startedAt >= turnMs;
  }

  /** Waits for the next turn when the current one is over; returns at once otherwise. */
  async next(): Promise<void> {
    if (!this.isOver) return;
    await nextTurn();
    this.startedAt = performance.now();
  }
}
