import { expect, test } from '@jest/globals';
import { mergeWatchlists } from './watchlist-merge.js';

const nothing = { add: new Set<string>(), remove: new Set<string>() };

test('what is new at one end goes to the other, and what was removed at one end goes at the other', () => {
  const merged = mergeWatchlists(
    ['both', 'here', 'gone'],
    ['both', 'there', 'taken'],
    ['both', 'gone', 'taken'],
    nothing,
  );
  expect(merged).toEqual({ put: ['there'], drop: ['gone'], tell: ['here'], base: ['both', 'taken'] });
});

test('at the first link nothing is lost at either end', () => {
  expect(mergeWatchlists(['here'], ['there'], [], nothing)).toEqual({
    ...{ put: ['there'], drop: [], tell: ['here'], base: [] },
  });
});

test('what was changed here and is not told yet wins over what Trakt says', () => {
  const waiting = { add: new Set(['again', 'new']), remove: new Set(['off']) };
  expect(mergeWatchlists(['again', 'new'], ['off'], ['again'], waiting)).toEqual({
    ...{ put: [], drop: [], tell: [], base: [] },
  });
});
