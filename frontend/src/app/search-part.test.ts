import { describe, expect, it } from '@jest/globals';
import { type AddressSearch, onlyParsed, parseSearch, stringifySearch } from './search-part.js';

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

describe('onlyParsed', () => {
  it('leaves no key that the parser did not return, once the router merges it over what was typed', () => {
    const validate = onlyParsed(({ q }: AddressSearch) => (q === 'good' ? { q } : {}));
    const merged = (search: AddressSearch) => ({ ...search, ...validate(search) });
    expect(merged({ q: 'good', other: 'x' })).toEqual({ q: 'good' });
    expect(merged({ q: 'bad' })).toEqual({});
  });
});
