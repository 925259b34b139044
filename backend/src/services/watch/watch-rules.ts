// When something counts as started and as finished. Written down for people in backend/docs/watch-history.md.

export const watchRules = {
  /** Watched this far, there is a place to go on from. Seconds, or this share of what is short. */
  startedSeconds: 60,
  startedShare: 0.05,
  /** From here on it counts as watched: the rest is credits. */
  finishedShare: 0.9,
  /** Two endings of one title this close together are one play that was told twice. Milliseconds. */
  samePlayMs: { least: 60_000, most: 30 * 60_000, unknown: 15 * 60_000 },
} as const;

interface Position {
  positionSeconds: number | null;
  durationSeconds: number | null;
}

/** 0 to 1; null when the length is not known. */
export function shareOf({ positionSeconds, durationSeconds }: Position): number | null {
  if (positionSeconds === null || durationSeconds === null || durationSeconds <= 0) return null;
  return Math.min(1, Math.max(0, positionSeconds / durationSeconds));
}

export function countsAsFinished(share: number | null): boolean {
  return share !== null && share >= watchRules.finishedShare;
}

/** Whether to offer going on from here: begun in earnest, and not at its end. */
export function countsAsStarted(share: number | null, positionSeconds: number | null): boolean {
  if (share !== null && share >= watchRules.finishedShare) return false;
  if (positionSeconds !== null && positionSeconds >= watchRules.startedSeconds) return true;
  return share !== null && share >= watchRules.startedShare;
}

/** How close two endings must be to be one play. */
export function samePlayWithinMs(durationSeconds: number | null): number {
  const { least, most, unknown } = watchRules.samePlayMs;
  if (durationSeconds === null) return unknown;
  return Math.min(most, Math.max(least, durationSeconds * 500));
}
