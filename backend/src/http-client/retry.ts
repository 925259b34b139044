// Timing of retries, as pure functions.

export interface RetryPolicy {
  /** How often at most, the first one included. */
  attempts: number;
  /** Upper bound of the first pause, in milliseconds; it doubles with each attempt. */
  baseMs: number;
  /** No pause is longer, in milliseconds. */
  capMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 3, baseMs: 200, capMs: 5_000 };

/** A provider may not silence us for longer than this, whatever it says. */
export const maxRetryAfterMs = 15 * 60_000;

/**
 * Pause before the next attempt, in milliseconds: "full jitter", anything from nothing to the doubled bound,
 * so that clients that failed together do not come back together.
 * @param attempt the attempt that failed, from 1
 * @param random 0 to 1
 */
export function backoffMs(policy: RetryPolicy, attempt: number, random: number): number {
  return Math.floor(random * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1)));
}

/** Reads Retry-After (RFC 9110 10.2.3): seconds or a date. Milliseconds from now, capped; null when it says nothing usable. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, maxRetryAfterMs);
  // Date.parse takes bare numbers and words for dates; an HTTP date always begins with the day's name.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - nowMs), maxRetryAfterMs);
}
