const hour = 3_600_000;
const day = 24 * hour;

export interface KnownTitle {
  /** YYYY-MM-DD, or null. */
  releaseDate: string | null;
  year: number | null;
  /** How many releases are known. */
  found: number;
  /** Whether it is in somebody's list, or much looked at. */
  isWanted: boolean;
}

/**
 * How long what was found stays good, in milliseconds. What came out this week changes by the hour; what is old hardly
 * at all. A title that people wait for, or of which nothing was found yet, is asked for sooner. Pure.
 */
export function searchAgainAfterMs({ releaseDate, year, found, isWanted }: KnownTitle, now: Date): number {
  const age = now.getTime() - releasedAt(releaseDate, year, now);
  const base = steps.find(([until]) => age < until)?.[1] ?? 14 * day;
  const sooner = (isWanted ? 2 : 1) * (found === 0 ? 2 : 1);
  return Math.max(30 * 60_000, base / sooner);
}

/** By age: how long an answer is good. Before its release a title is looked for once a day. */
const steps: readonly (readonly [until: number, goodFor: number])[] = [
  [0, day],
  [7 * day, 2 * hour],
  [30 * day, 6 * hour],
  [120 * day, day],
  [365 * day, 3 * day],
  [5 * 365 * day, 7 * day],
];

function releasedAt(releaseDate: string | null, year: number | null, now: Date): number {
  const exact = releaseDate === null ? Number.NaN : Date.parse(`${releaseDate}T00:00:00Z`);
  if (!Number.isNaN(exact)) return exact;
  // Of this year's titles without a day it is likelier that they are new.
  if (year === null) return now.getTime() - 200 * day;
  return year >= now.getUTCFullYear() ? now.getTime() - 20 * day : Date.UTC(year, 6, 1);
}
