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
  /** Sizes tried, ascending; each is compared with its half. */
  sizes?: readonly number[];
  /** Processor time below which growth cannot be told from noise, milliseconds. */
  floorMs?: number;
}

/** Doubling the input may multiply the cost by this much. */
const mostRatio = 2.5;
const rounds = 3;
const usualSizes = [512, 2_048, 8_192, 16_384, 32_768, 65_536];

/**
 * Measures how the cost of `run` grows with the size of its input: enlarges the input until the cost is large enough to
 * be measured, then compares it with the cost of half the input. Returns null when the cost never grows by more than 2.5
 * times.
 *
 * Counts processor time, not time of day, keeps the smallest ratio of several rounds, and asks again at twice and four times the size
 * before it reports, so that a busy machine does not change the result. A linear run usually stays below the floor and
 * then costs one call per size.
 */
export async function findSuperLinearGrowth<T>(
  make: (size: number) => T,
  run: (input: T) => unknown,
  { sizes = usualSizes, floorMs = 15 }: GrowthOptions = {},
): Promise<SuperLinearGrowth | null> {
  for (const size of sizes) {
    if ((await costOf(make(size), run)) < floorMs) continue;
    const found = await growthAt(size, make, run);
    if (found.ms < floorMs || found.ratio <= mostRatio) continue;
    // No noise looks like this; asking again for twice the size of an exponential run would never end.
    if (found.ms > 20 * floorMs || found.ratio > 50 || size < 512) return found;
    const again = await growthAt(size * 2, make, run);
    if (again.ratio <= mostRatio) continue;
    // A collection of garbage that falls into the larger run alone looks like growth, but not three times in a row.
    if (again.ms > 20 * floorMs) return again;
    const once = await growthAt(size * 4, make, run);
    if (once.ratio > mostRatio) return once;
  }
  return null;
}

async function growthAt<T>(
  size: number,
  make: (size: number) => T,
  run: (input: T) => unknown,
): Promise<SuperLinearGrowth> {
  const input = make(size);
  const half = make(Math.floor(size / 2));
  let ratio = Infinity;
  let ms = Infinity;
  for (let round = 0; round < rounds && ratio > mostRatio; round += 1) {
    const halfMs = await bestOf(half, run);
    const wholeMs = await costOf(input, run);
    ms = Math.min(ms, wholeMs);
    ratio = Math.min(ratio, wholeMs / Math.max(halfMs, 0.01));
    // Seconds are no noise.
    if (wholeMs > 1_000) break;
  }
  return { size, ms, ratio };
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
