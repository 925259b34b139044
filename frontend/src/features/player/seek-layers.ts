/** A stretch of the seek bar, both ends 0 to 1. */
export interface Stretch {
  start: number;
  end: number;
}

interface Range {
  start: number;
  end: number;
}

/**
 * Byte ranges of the file as stretches of its time, by proportion. Only an estimate: bitrate varies and the
 * container has its index somewhere, but it is right to within a few seconds where it matters.
 */
export function fetchedStretches(ranges: readonly Range[], sizeBytes: number): Stretch[] {
  return toStretches(ranges, sizeBytes);
}

/** What the video element has buffered. */
export function bufferedStretches(buffered: TimeRanges, durationSeconds: number): Stretch[] {
  const ranges = Array.from({ length: buffered.length }, (_, index) => ({
    start: buffered.start(index),
    end: buffered.end(index),
  }));
  return toStretches(ranges, durationSeconds);
}

/** Neighbours closer than this are drawn as one: finer than a pixel on any screen. */
const JOIN = 0.0005;

function toStretches(ranges: readonly Range[], whole: number): Stretch[] {
  if (!(whole > 0) || !Number.isFinite(whole)) return [];
  const joined: Stretch[] = [];
  for (const range of ranges) {
    const start = clamp(range.start / whole);
    const end = clamp(range.end / whole);
    const last = joined.at(-1);
    if (end <= start) continue;
    if (last && start - last.end < JOIN) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Seconds from the playhead to the end of what is buffered around it; 0 when it stands in a gap. */
export function runwaySeconds(buffered: TimeRanges, atSeconds: number): number {
  for (let index = 0; index < buffered.length; index += 1) {
    const end = buffered.end(index);
    if (buffered.start(index) <= atSeconds + 0.1 && end > atSeconds) return end - atSeconds;
  }
  return 0;
}
