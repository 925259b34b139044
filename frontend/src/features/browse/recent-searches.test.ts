/**
 * @jest-environment jsdom
 */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { RecentSearches } from './recent-searches.js';

describe('RecentSearches', () => {
  let recent: RecentSearches;
  beforeEach(() => {
    localStorage.clear();
    recent = new RecentSearches(localStorage);
  });

  it('keeps the latest first, each once, eight at most', () => {
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'B']) recent.add(text);
    expect(recent.list()).toEqual(['B', 'i', 'h', 'g', 'f', 'e', 'd', 'c']);
  });

  it('survives what it did not write itself', () => {
    localStorage.setItem('kinora.recent-searches', '{"not": "a list"');
    expect(recent.list()).toEqual([]);
    localStorage.setItem('kinora.recent-searches', '[1, "sintel"]');
    expect(recent.list()).toEqual(['sintel']);
  });
});
