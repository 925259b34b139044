import { describe, expect, it } from '@jest/globals';
import { bufferedStretches, fetchedStretches, runwaySeconds } from './seek-layers.js';

const timeRanges = (...ranges: [number, number][]): TimeRanges => ({
  length: ranges.length,
  start: (index) => ranges[index]?.[0] ?? 0,
  end: (index) => ranges[index]?.[1] ?? 0,
});

describe('fetchedStretches', () => {
  it('maps bytes to parts of the bar', () => {
    const ranges = [
      { start: 0, end: 250 },
      { start: 800, end: 1_000 },
    ];
    expect(fetchedStretches(ranges, 1_000)).toEqual([
      { start: 0, end: 0.25 },
      { start: 0.8, end: 1 },
    ]);
  });

  it('joins what no eye can tell apart, and drops what is empty or outside', () => {
    const ranges = [
      { start: 0, end: 10_000 },
      { start: 10_001, end: 20_000 },
      { start: 50_000, end: 50_000 },
      { start: 90_000, end: 140_000 },
    ];
    expect(fetchedStretches(ranges, 100_000)).toEqual([
      { start: 0, end: 0.2 },
      { start: 0.9, end: 1 },
    ]);
  });

  it('draws nothing while the size is unknown', () => {
    expect(fetchedStretches([{ start: 0, end: 5 }], 0)).toEqual([]);
  });
});

describe('bufferedStretches', () => {
  it('maps seconds to parts of the bar', () => {
    expect(bufferedStretches(timeRanges([0, 30], [60, 90]), 120)).toEqual([
      { start: 0, end: 0.25 },
      { start: 0.5, end: 0.75 },
    ]);
  });

  it('draws nothing while the duration is unknown or endless', () => {
    expect(bufferedStretches(timeRanges([0, 30]), Number.NaN)).toEqual([]);
    expect(bufferedStretches(timeRanges([0, 30]), Number.POSITIVE_INFINITY)).toEqual([]);
  });
});

describe('runwaySeconds', () => {
  it('counts from the playhead to the end of its own range', () => {
    expect(runwaySeconds(timeRanges([0, 30], [60, 90]), 70)).toBe(20);
    expect(runwaySeconds(timeRanges([0, 30], [60, 90]), 40)).toBe(0);
  });
});
