import { describe, expect, it } from '@jest/globals';
import { isAtEase, leavesTheLine } from './line-sharing.js';

const facts = { runwayMs: 20_000, othersRunwayMs: Number.POSITIVE_INFINITY, isStoreFull: false };

describe('torrents that share a line', () => {
  it.each([
    ['nobody else watches', {}, false],
    ['the others have enough', { othersRunwayMs: 5_000 }, false],
    ['another has run dry', { othersRunwayMs: 0 }, true],
    ['another is short of film', { othersRunwayMs: 4_900 }, true],
    ['another is short of film, and so is this one', { runwayMs: 9_000, othersRunwayMs: 100 }, false],
    ['both have run dry', { runwayMs: 0, othersRunwayMs: 0 }, false],
    ['this one has not much more than the other', { runwayMs: 15_000, othersRunwayMs: 4_500 }, false],
    ['nothing can be stored', { isStoreFull: true }, true],
    ['nothing can be stored, but this one runs dry', { isStoreFull: true, runwayMs: 3_000 }, false],
  ])('when %s', (_when, changed, leaves) => {
    expect(leavesTheLine({ ...facts, ...changed })).toBe(leaves);
  });

  it('never both leave it', () => {
    for (const a of [0, 1_000, 4_000, 5_000, 9_000, 11_000, 30_000])
      for (const b of [0, 1_000, 4_000, 5_000, 9_000, 11_000, 30_000]) {
        const here = leavesTheLine({ ...facts, runwayMs: a, othersRunwayMs: b });
        const there = leavesTheLine({ ...facts, runwayMs: b, othersRunwayMs: a });
        expect(here && there).toBe(false);
      }
  });

  it('fetch more than is wanted only while nobody is short', () => {
    expect(isAtEase(facts)).toBe(true);
    expect(isAtEase({ ...facts, runwayMs: 4_000 })).toBe(false);
    expect(isAtEase({ ...facts, othersRunwayMs: 4_000 })).toBe(false);
  });
});
