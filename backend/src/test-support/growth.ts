/** A cost that grew faster than its input. */
export interface SuperLinearGrowth {
  /** Size of the larger input. */
  size: number;
  /** Processor time for the larger input, milliseconds. */
  ms: number;
  /** Cost of the larger input divided by the cost of one half its size. */
  ratio: number;
}

export interface GrowthOptions {
  /** Largest input tried. */
  largest?: number;
  /** Processor time below which growth cannot be told from noise, milliseconds. */
  floorMs?: number;
}

/** Doubling the input may multiply the cost by this much. */
const mostRatio = 2.5;
const smallest = 512;
const rounds = 4;

/**
 * Measures how the cost of `run` grows with the size of its input: doubles the input until the cost is large enough to
 * be measured, then compares it with the cost of half the input. Returns null when the cost never grows by more than 2.5
 * times.
 *
 * Counts processor time, not time of day, and keeps the smallest ratio of several rounds, so that a busy machine does not
 * change the result. A linear run usually ends below the floor and costs one call per size.
 */
export async function findSuperLinearGrowth<T>(
  make: (size: number) => T,
  run: (input: T) => unknown,
  { largest = 64 * 1024, floorMs = 15 }: GrowthOptions = {},
): Promise<SuperLinearGrowth | null> {
  for (let size = smallest; size <= largest; size *= 2) {
    const input = make(size);
    if ((await costOf(input, run)) < floorMs) continue;
    const half = make(size / 2);
    let ratio = Infinity;
    let ms = Infinity;
    for (let round = 0; round < rounds && ratio > mostRatio; round += 1) {
      ms = Math.min(ms, await costOf(input, run));
      const halfMs = await bestOf(half, run);
      ratio = Math.min(ratio, ms / Math.max(halfMs, 0.01));
    }
    if (ms >= floorMs && ratio > mostRatio) return { size, ms, ratio };
  }
  return null;
}

async function bestOf<T>(input: T, run: (input: T) => unknown): Promise<number> {
  return Math.min(await costOf(input, run), await costOf(input, run), await costOf(input, run));
}

/** Processor time of the process, milliseconds. */
async function costOf<T>(input: T, run: (input: T) => unknown): Promise<number> {
  const before = process.cpuUsage();
  await run(input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Longest time that the event loop did not turn while `run` worked, milliseconds. */
export async function longestStallMs(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let isOver = false;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  try {
    await run();
  } finally {
    isOver = true;
  }
  await new Promise(setImmediate);
  return longest;
}
