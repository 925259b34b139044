/** What a Range header asks of a file, RFC 9110 section 14. Positions in bytes, `end` exclusive. */
export type RangeAnswer =
  | { kind: 'whole' }
  | { kind: 'part'; start: number; end: number }
  | { kind: 'unsatisfiable' };

const whole: RangeAnswer = { kind: 'whole' };
/** Characters; a longer header makes no sense. */
const longestHeader = 200;

/**
 * Reads a Range header against a file of `size` bytes.
 *
 * Malformed headers and foreign units are ignored, as section 14.2 asks. Several ranges at once are
 * ignored too: players never ask for them, and serving them invites the abuse of section 17.15.
 */
export function readRange(header: string | undefined, size: number): RangeAnswer {
  if (header === undefined || header.length > longestHeader) return whole;
  const [unit, positions, ...more] = header.split('=');
  if (unit?.trim().toLowerCase() !== 'bytes' || more.length > 0) return whole;
  const [first, last, ...ranges] = positions?.split('-').map((position) => position.trim()) ?? [];
  if (first === undefined || last === undefined || ranges.length > 0) return whole;
  if (!/^\d*$/.test(first) || !/^\d*$/.test(last) || (first === '' && last === '')) return whole;
  if (first === '') return suffix(Number(last), size);
  const start = Number(first);
  // A last position before the first makes the header invalid, which is to be ignored, not refused.
  if (last !== '' && BigInt(last) < BigInt(first)) return whole;
  if (start >= size) return { kind: 'unsatisfiable' };
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  return { kind: 'part', start, end };
}

function suffix(length: number, size: number): RangeAnswer {
  if (length === 0 || size === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', start: Math.max(0, size - length), end: size };
}

/**
 * Whether a range may be answered given If-Range (RFC 9110 section 13.1.5): only a strong match of the
 * entity tag counts. We send no Last-Modified, so a date never matches.
 */
export function ifRangeHolds(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === etag;
}

/** Whether If-None-Match names the entity (RFC 9110 section 13.1.2; weak comparison). */
export function ifNoneMatchHits(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
