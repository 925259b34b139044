import { describe, expect, it } from '@jest/globals';
import { fc } from '../test-support/properties.js';
import { backoffMs, maxRetryAfterMs, parseRetryAfter } from './retry.js';

const policy = { attempts: 3, baseMs: 200, capMs: 5_000 };

describe('backoffMs', () => {
  it('doubles its bound with each attempt, up to the cap', () => {
    expect([1, 2, 3, 10].map((attempt) => backoffMs(policy, attempt, 1))).toEqual([200, 400, 800, 5_000]);
  });

  it('uses the whole span from nothing', () => {
    expect(backoffMs(policy, 3, 0)).toBe(0);
    expect(backoffMs(policy, 3, 0.5)).toBe(400);
  });
});

describe('parseRetryAfter (F02)', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);

  it.each([
    ['2', 2_000],
    ['0', 0],
    [' 7 ', 7_000],
    ['1000000000', maxRetryAfterMs],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', maxRetryAfterMs],
  ])('reads %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });

  it.each([undefined, '', 'soon', '-5', '1.5', 'NaN', '1e9'])('takes %j for silence', (value) => {
    expect(parseRetryAfter(value, now)).toBeNull();
  });

  it('never gives a pause below nothing or above the cap, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const ms = parseRetryAfter(value, now);
        return ms === null || (ms >= 0 && ms <= maxRetryAfterMs);
      }),
    );
  });
});
