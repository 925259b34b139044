import { describe, expect, it } from '@jest/globals';
import { fc } from '../../test-support/properties.js';
import { type FilmTraits, isSameFilm } from './same-film.js';

const charade: FilmTraits = {
  imdbId: 'tt0056923',
  title: 'Charade',
  originalTitle: 'Charade',
  year: 1963,
  runtimeSeconds: 6_780,
};
const archived: FilmTraits = { ...charade, imdbId: null, year: 1964, runtimeSeconds: 6_720 };

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const film: fc.Arbitrary<FilmTraits> = fc.record({
  imdbId: orNull(fc.constantFrom('tt0056923', 'tt0017925')),
  title: fc.constantFrom('Charade', 'CHARADE!', 'The General', 'Le Mécano de la "General"'),
  originalTitle: fc.constantFrom('Charade', 'The General', ''),
  year: orNull(fc.integer({ min: 1962, max: 1966 })),
  runtimeSeconds: orNull(fc.integer({ min: 60, max: 8_000 })),
});

describe('isSameFilm', () => {
  it('takes the IMDb id, or title, year and length together', () => {
    expect(isSameFilm(charade, { ...archived, imdbId: charade.imdbId, title: 'Karade' })).toBe(true);
    expect(isSameFilm(charade, archived)).toBe(true);
    expect(isSameFilm(charade, { ...archived, title: 'CHARADE.' })).toBe(true);
  });

  it.each<[string, Partial<FilmTraits>]>([
    ['another title', { title: 'Charades', originalTitle: 'Charades' }],
    ['made anew', { year: 2002 }],
    ['a trailer of it', { runtimeSeconds: 150 }],
    ['of unknown length', { runtimeSeconds: null }],
    ['of an unknown year', { year: null }],
    ['with another IMDb id', { imdbId: 'tt0000001' }],
  ])('takes nothing that is %s', (_name, change) => {
    expect(isSameFilm(charade, { ...archived, ...change })).toBe(false);
  });

  it('is the same both ways, and never against two IMDb ids (property)', () => {
    fc.assert(
      fc.property(film, film, (a, b) => {
        expect(isSameFilm(a, b)).toBe(isSameFilm(b, a));
        if (a.imdbId !== null && b.imdbId !== null) expect(isSameFilm(a, b)).toBe(a.imdbId === b.imdbId);
        if (isSameFilm(a, b) && (a.imdbId === null || b.imdbId === null)) {
          expect(Math.abs((a.year ?? 0) - (b.year ?? 0))).toBeLessThanOrEqual(1);
          expect(a.runtimeSeconds).not.toBeNull();
        }
      }),
    );
  });
});
