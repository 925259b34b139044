import { describe, expect, test } from '@jest/globals';
import { fc } from '../test-support/properties.js';
import { judge } from './gcra.js';
import { MemoryRateLimitStore } from './memory.rate-limit-store.js';
import type { RateLimit, RateVerdict } from './rate-limit-store.port.js';

const limit = { requests: 10, windowSeconds: 60 };

const take = (store: MemoryRateLimitStore, key: string, of: RateLimit): RateVerdict => {
  const { counted, ...verdict } = store.arrive({ key, limit: of });
  if (!counted) throw new Error('not counted');
  return verdict;
};

describe('the rate algorithm', () => {
  test('allows the whole quota at once, then one each interval', () => {
    const clock = { now: 5_000 };
    const store = new MemoryRateLimitStore({ now: () => clock.now });
    const remaining = Array.from({ length: 10 }, () => take(store, 'a', limit).remaining);
    expect(remaining).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(take(store, 'a', limit)).toEqual({ allowed: false, remaining: 0, resetSeconds: 6 });
    expect(take(store, 'b', limit).allowed).toBe(true);
    clock.now += 5_999;
    expect(take(store, 'a', limit).allowed).toBe(false);
    clock.now += 1;
    expect(take(store, 'a', limit)).toEqual({ allowed: true, remaining: 0, resetSeconds: 60 });
    expect(take(store, 'a', limit).allowed).toBe(false);
    clock.now += 60_000;
    expect(take(store, 'a', limit)).toMatchObject({ allowed: true, remaining: 9 });
  });

  test('tells whole seconds as they are, whatever fraction of a millisecond the clock shows', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (now) => {
        expect(judge(0, now, limit).resetSeconds).toBe(6);
      }),
    );
  });

  test('a refusal costs nothing: who waits as told gets in, however often they asked meanwhile', () => {
    const clock = { now: 0 };
    const store = new MemoryRateLimitStore({ now: () => clock.now });
    for (let i = 0; i < 10; i += 1) take(store, 'a', limit);
    let waited = 0;
    for (let i = 0; i < 1_000; i += 1) waited = take(store, 'a', limit).resetSeconds;
    clock.now += waited * 1000;
    expect(take(store, 'a', limit).allowed).toBe(true);
  });

  test('in any stretch of time no more pass than the quota and what came back meanwhile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (pauses, requests) => {
          const passed: number[] = [];
          let now = 1_000_000;
          let arrivalAt = 0;
          for (const pause of pauses) {
            now += pause;
            const verdict = judge(arrivalAt, now, { requests, windowSeconds: 60 });
            ({ arrivalAt } = verdict);
            if (verdict.allowed) passed.push(now);
          }
          for (const [from, start] of passed.entries())
            for (const [to, end] of passed.entries())
              if (to >= from && to - from + 1 > requests + ((end - start) * requests) / 60_000 + 1e-3)
                return false;
          return true;
        },
      ),
    );
  });
});

test('T37 a million addresses do not grow the store, and do not wash out who is at it', () => {
  const clock = { now: 0 };
  const store = new MemoryRateLimitStore({ now: () => clock.now, capacity: 10_000 });
  for (let i = 0; i < 10; i += 1) take(store, 'guesser', limit);
  for (let i = 0; i < 1_000_000; i += 1) {
    take(store, `stranger ${i}`, limit);
    if (i % 1_000 === 0 && take(store, 'guesser', limit).allowed) throw new Error('let in');
  }
  expect(store.size).toBeLessThanOrEqual(10_000);
});
