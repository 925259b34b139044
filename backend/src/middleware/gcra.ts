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
  const waitMs = next - window - now;
  if (waitMs > slackMs) return { allowed: false, remaining: 0, resetSeconds: seconds(waitMs), arrivalAt };
  return {
    allowed: true,
    remaining: Math.floor((now + window - next + slackMs) / interval),
    resetSeconds: seconds(next - now),
    arrivalAt: next,
  };
}

/** Adding fractions of a millisecond is not exact; without this six seconds would sometimes be told as seven. */
const slackMs = 0.001;

function seconds(ms: number): number {
  return Math.max(1, Math.ceil((ms - slackMs) / 1000));
}
