import { describe, expect, it } from '@jest/globals';
import { filmRate } from './film-rate.js';

describe('filmRate', () => {
  it('is the mean of the file', () => {
    expect(filmRate(6e9, 6_000)).toBe(1_000_000);
  });

  it.each([
    [6e9, null],
    [6e9, 0],
    [6e9, 3],
    [1_000, 6_000],
  ])('is unknown for %p bytes in %p seconds', (bytes, seconds) => {
    expect(filmRate(bytes, seconds)).toBeUndefined();
  });
});
