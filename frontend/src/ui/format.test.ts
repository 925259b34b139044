import { describe, expect, it } from '@jest/globals';
import { formatBytes, formatClock, formatCount, formatRuntime } from './format.js';

describe('formats', () => {
  it.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [65, '1:05'],
    [3_845, '1:04:05'],
    [Number.NaN, '0:00'],
  ])('says %s seconds of a film as %s', (seconds, said) => {
    expect(formatClock(seconds)).toBe(said);
  });

  it.each([
    [0, '0 B'],
    [1_450, '1.4 kB'],
    [999_600, '1.0 MB'],
    [123_456_789, '123 MB'],
    [1_400_000_000, '1.4 GB'],
  ])('says %s bytes as %s', (bytes, said) => {
    expect(formatBytes(bytes)).toBe(said);
  });

  it('says runtimes as people do', () => {
    expect([null, 20, 3_600, 6_120].map(formatRuntime)).toEqual(['', '1 min', '1 h', '1 h 42 min']);
  });

  it('counts in the right number', () => {
    expect([formatCount(1, 'peer'), formatCount(1_200, 'peer')]).toEqual(['1 peer', '1,200 peers']);
  });
});
