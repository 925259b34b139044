import { beforeEach, describe, expect, test } from '@jest/globals';
import { AttemptBackoff } from './attempt-backoff.js';
import { TooManyAttemptsError } from './auth.errors.js';

let clock: number;
let backoff: AttemptBackoff;

beforeEach(() => {
  clock = 1_000_000;
  backoff = new AttemptBackoff({ now: () => clock, freePerSubject: 3, freePerAddress: 8, capacity: 100 });
});

const home = '192.0.2.1';
const fail = (subject: string, address = home, times = 1) => {
  for (let i = 0; i < times; i += 1) backoff.begin(subject, address);
};

describe('attempts', () => {
  test('after the free failures each one doubles the wait, up to a minute', () => {
    fail('ana', home, 3);
    const waits: (number | null)[] = [];
    for (let i = 0; i < 9; i += 1) {
      fail('ana', home);
      const wait = waitOf('ana');
      waits.push(wait);
      clock += (wait ?? 0) * 1000;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(waitOf('ana', '192.0.2.2')).toBeNull();
  });

  test('a success forgives', () => {
    fail('ana', home, 2);
    backoff.begin('ana', home).succeeded();
    fail('ana', home, 3);
    expect(isBlocked('ana')).toBe(false);
  });

  test('many at once are no way around', () => {
    fail('ana', home, 3);
    fail('ana');
    expect(() => backoff.begin('ana', home)).toThrow('Too many attempts');
  });

  test('an hour of rest forgives', () => {
    fail('ana', home, 4);
    clock += 3_600_000;
    fail('ana', home, 3);
    expect(isBlocked('ana')).toBe(false);
  });

  test('T37 going through names from one address is slowed down too', () => {
    for (let i = 0; i < 9; i += 1) fail(`name-${i}`);
    expect(isBlocked('another')).toBe(true);
    expect(isBlocked('another', '192.0.2.2')).toBe(false);
  });

  test('T37 an IPv6 network of 64 bits is one address, and mapped IPv4 is IPv4', () => {
    for (let i = 0; i < 4; i += 1) fail('ana', `2001:db8::${i}`);
    expect(isBlocked('ana', '2001:db8::ffff:1')).toBe(true);
    expect(isBlocked('ana', '2001:db8:0:1::1')).toBe(false);
    for (let i = 0; i < 4; i += 1) fail('bob', '::ffff:192.0.2.9');
    expect(isBlocked('bob', '192.0.2.9')).toBe(true);
  });

  test('T37 what is remembered stays bounded, and the address that floods is not forgotten', () => {
    for (let i = 0; i < 8; i += 1) fail(`name-${i}`);
    for (let i = 0; i < 5_000; i += 1) {
      waitOf(`random-${i}`);
    }
    expect(backoff.size).toBeLessThanOrEqual(100);
    expect(isBlocked('yet another')).toBe(true);
  });
});

const isBlocked = (subject: string, address = home): boolean => waitOf(subject, address) !== null;

/** Seconds to wait, or null when the attempt may be made (it then counts as one). */
function waitOf(subject: string, address = home): number | null {
  try {
    backoff.begin(subject, address);
    return null;
  } catch (error) {
    if (error instanceof TooManyAttemptsError) return error.retryAfterSeconds ?? 0;
    throw error;
  }
}
