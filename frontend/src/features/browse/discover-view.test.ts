import { describe, expect, it } from '@jest/globals';
import { parseDiscoverView } from './discover-view.js';

describe('the address of what is shown', () => {
  it('keeps every filter that makes sense', () => {
    const view = {
      type: 'show',
      genre: 'science-fiction',
      yearFrom: '1920',
      yearTo: '1929',
      rating: '7',
      language: 'de',
      source: 'public-domain',
      sort: 'newest',
    };
    expect(parseDiscoverView(view)).toEqual(view);
  });

  it('leaves out what makes none', () => {
    const view = {
      type: 'movie',
      genre: '<b>',
      yearFrom: '12',
      yearTo: '9999',
      rating: '11',
      language: 'deutsch',
      source: 'all',
      sort: 'popularity',
      more: 'x',
    };
    expect(parseDiscoverView(view)).toEqual({});
  });
});
