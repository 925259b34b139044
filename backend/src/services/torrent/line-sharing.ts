/** Milliseconds of film that are enough for the moment. */
const enoughMs = 5_000;
/** Milliseconds of film that a reader keeps while others are short of it. */
const comfortableMs = 10_000;

/** How those stand who share one line. */
export interface LineFacts {
  /** Milliseconds until the nearest reader of this torrent stalls; infinite when none can. */
  runwayMs: number;
  /** The same of all other torrents. */
  othersRunwayMs: number;
  /** Nothing more can be stored at present. */
  isStoreFull: boolean;
}

/**
 * Whether a torrent asks for nothing at present: memory is for what readers need soon while nothing can be stored, and the line is for
 * the viewer who is short of film while the readers of this torrent have much more.
 */
export function leavesTheLine({ runwayMs, othersRunwayMs, isStoreFull }: LineFacts): boolean {
  if (isStoreFull && runwayMs > enoughMs) return true;
  return othersRunwayMs < enoughMs && runwayMs > comfortableMs && runwayMs > 4 * othersRunwayMs;
}

/** Whether nobody is short of film, so that more can be fetched than readers want. */
export function isAtEase({ runwayMs, othersRunwayMs }: LineFacts): boolean {
  return Math.min(runwayMs, othersRunwayMs) > enoughMs;
}
