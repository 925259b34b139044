import { describe, expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { firstDue, nextDue, retryDue } from './due.js';

const noon = Date.UTC(2026, 10, 22, 12);
const hour = 3_600_000;
const random = fc.double({ min: 0, max: 1, noNaN: true });

describe('due times', () => {
  it('follow a cron line in UTC', () => {
    expect(new Date(nextDue({ cron: '30 4 * * *' }, noon, 0)).toISOString()).toBe('2026-11-23T04:30:00.000Z');
  });

  it('lie after now, at most a tenth or five minutes past the plan', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 40 * 24 * hour }), random, (everyMs, chance) => {
        const late = nextDue({ everyMs }, noon, chance) - noon - everyMs;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThanOrEqual(Math.ceil(Math.min(everyMs / 10, 300_000)));
        expect(firstDue({ everyMs }, noon, chance)).toBeLessThanOrEqual(noon + 60_000);
      }),
    );
  });

  it('come soon after a failure, then later and later, never past the plan', () => {
    const schedule = { everyMs: 6 * hour };
    const waits = [1, 2, 3, 20].map(
      (failures) => retryDue(schedule, { now: noon, failures, random: 1 }) - noon,
    );
    expect(waits).toEqual([60_000, 120_000, 240_000, hour]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), random, (failures, chance) => {
        const due = retryDue({ everyMs: 90_000 }, { now: noon, failures, random: chance });
        expect(due).toBeGreaterThan(noon);
        expect(due).toBeLessThanOrEqual(nextDue({ everyMs: 90_000 }, noon, chance));
      }),
    );
  });
});
