import { describe, expect, it } from '@jest/globals';
import { absoluteNumber } from './absolute-number.js';

const seasons = [
  { number: 0, episodeCount: 7 },
  { number: 1, episodeCount: 25 },
  { number: 2, episodeCount: 12 },
  { number: 3, episodeCount: 0 },
];
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, at) => from + at);

describe('absoluteNumber', () => {
  it('F53 counts through the seasons before, without the specials', () => {
    expect(absoluteNumber({ seasonNumber: 1, number: 3 }, seasons, upTo(25))).toBe(3);
    expect(absoluteNumber({ seasonNumber: 2, number: 3 }, seasons, upTo(12))).toBe(28);
    expect(absoluteNumber({ seasonNumber: 3, number: 1 }, seasons, upTo(4))).toBe(38);
  });

  it('takes numbers that go on from the season before as they are', () => {
    expect(absoluteNumber({ seasonNumber: 23, number: 1171 }, seasons, upTo(26, 1156))).toBe(1171);
  });

  it('does not guess where a season is missing, or its episodes are not counted, nor for specials', () => {
    expect(absoluteNumber({ seasonNumber: 4, number: 1 }, seasons, upTo(10))).toBeNull();
    expect(absoluteNumber({ seasonNumber: 6, number: 1 }, seasons, upTo(10))).toBeNull();
    expect(absoluteNumber({ seasonNumber: 0, number: 1 }, seasons, upTo(7))).toBeNull();
  });
});
