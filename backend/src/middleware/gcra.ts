import type { RateLimit, RateVerdict } from './rate-limit-store.port.js';

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A). All that is remembered is the theoretical arrival time: when
 * the quota would be whole again. A request moves it on by one interval and is refused if that takes it further than a
 * window into the future. Unlike counting by windows it allows no double burst around a boundary.
 * @param arrivalAt what was remembered, milliseconds; in the past (or 0) for a key never seen
 * @param now milliseconds
 */
export function judge(
  arrivalAt: number,
  now: number,
  { requests, windowSeconds }: RateLimit,
): RateVerdict & { arrivalAt: number } {
  const window = windowSeconds * 1000;
  const interval = window / requests;
  const next = Math.max(arrivalAt, now) + interval;
  // A thousandth of a millisecond, since adding fractions of one is not exact.
  const waitMs = next - window - now - 0.001;
  if (waitMs > 0) return { allowed: false, remaining: 0, resetSeconds: seconds(waitMs), arrivalAt };
  return {
    allowed: true,
    remaining: Math.floor((now + window - next + 0.001) / interval),
    resetSeconds: seconds(next - now),
    arrivalAt: next,
  };
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
