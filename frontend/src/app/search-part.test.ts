import { describe, expect, it } from '@jest/globals';
import { parseSearch, stringifySearch } from './search-part.js';

describe('the search part of an address', () => {
  it('keeps text as text, numbers and words of code included', () => {
    for (const q of ['1984', 'true', '"quoted"', 'a & b = c', 'Häxan', '{}']) {
      expect(parseSearch(stringifySearch({ q }))).toEqual({ q });
    }
    expect(stringifySearch({ q: '1984' })).toBe('?q=1984');
  });

  it('is empty for nothing', () => {
    expect(stringifySearch({ q: undefined })).toBe('');
    expect(parseSearch('')).toEqual({});
  });
});
