import { describe, expect, it } from '@jest/globals';
import type { Indexer } from '../../api/types.js';
import { indexerFacts, lastFailure, moved } from './indexer-words.js';

const indexer: Indexer = {
  id: 'a',
  kind: 'torznab',
  label: 'Torznab',
  name: 'Mine',
  origin: 'added',
  enabled: true,
  urls: [],
  hasApiKey: false,
  categories: [],
  searches: 0,
  failures: 0,
  responseMs: null,
  resultsPerSearch: null,
  lastError: null,
  lastErrorAt: null,
  lastOkAt: null,
};

describe('words for an indexer', () => {
  it('tell how it does', () => {
    expect(indexerFacts(indexer)).toBe('Torznab, not asked yet');
    const asked = { ...indexer, searches: 40, failures: 3, responseMs: 420, resultsPerSearch: 12.4 };
    expect(indexerFacts(asked)).toBe(
      'Torznab, 12 results per search, answers in 0.4 s, 3 of 40 searches failed',
    );
  });

  it('tell what went wrong last, and nothing when nothing did', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    expect(lastFailure(indexer, now)).toBeNull();
    const failed = { ...indexer, lastError: 'No answer.', lastErrorAt: '2026-01-01T11:00:00Z' };
    expect(lastFailure(failed, now)).toBe('1 hour ago: No answer.');
  });

  it('move one by a place and leave the ends alone', () => {
    expect(moved(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
    expect(moved(['a', 'b'], 'x', 1)).toEqual(['a', 'b']);
  });
});
