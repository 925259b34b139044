/** Between two counts of one swarm, milliseconds. */
export const countLimits = { least: 10 * 60_000, first: 30 * 60_000, most: 24 * 3_600_000 } as const;

/**
 * How long a count stays good: a swarm that hardly moves is asked about ever more seldom, one that grows or shrinks
 * sooner. Pure.
 * @param interval what held before; null for the first count
 */
export function nextInterval(interval: number | null, before: number | null, now: number): number {
  if (interval === null || before === null) return countLimits.first;
  // One more or less says nothing of a small swarm.
  const change = Math.abs(now - before) <= 1 ? 0 : Math.abs(now - before) / Math.max(before, now, 1);
  const factor = change > 0.3 ? 0.5 : change > 0.1 ? 1 : 2;
  return Math.min(countLimits.most, Math.max(countLimits.least, interval * factor));
}
