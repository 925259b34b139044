import { describe, expect, it } from '@jest/globals';
import { type KnownTitle, searchAgainAfterMs } from './search-schedule.js';

const hour = 3_600_000;
const now = new Date('2026-06-15T12:00:00Z');
const again = (title: Partial<KnownTitle>) =>
  searchAgainAfterMs({ releaseDate: null, year: null, found: 5, isWanted: false, ...title }, now) / hour;

describe('searchAgainAfterMs', () => {
  it.each([
    ['2026-07-01', 24],
    ['2026-06-14', 2],
    ['2026-06-01', 6],
    ['2026-04-01', 24],
    ['2025-12-01', 72],
    ['2023-01-01', 168],
    ['1968-10-01', 336],
  ])('a title of %s is searched again after %d hours', (releaseDate, hours) => {
    expect(again({ releaseDate })).toBe(hours);
  });

  it('takes a title of this year without a day for new, one without anything for neither', () => {
    expect(again({ year: 2026 })).toBe(6);
    expect(again({ year: 1968 })).toBe(336);
    expect(again({})).toBe(72);
    expect(again({ releaseDate: 'soon', year: 1968 })).toBe(336);
  });

  it('asks sooner for what people wait for and what was not found, never more than twice an hour', () => {
    const old = { releaseDate: '1968-10-01' };
    expect(again({ ...old, isWanted: true })).toBe(168);
    expect(again({ ...old, found: 0 })).toBe(168);
    expect(again({ ...old, isWanted: true, found: 0 })).toBe(84);
    expect(again({ releaseDate: '2026-06-14', isWanted: true, found: 0 })).toBe(0.5);
  });
});
