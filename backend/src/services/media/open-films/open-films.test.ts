import { expect, test } from '@jest/globals';
import { isSuitable } from '../../../entities/age-rating.js';
import { openFilms } from './open-films.js';

test('a child of any age finds a film where there is no key, and only those that are rated', () => {
  expect(openFilms.filter((film) => isSuitable(film, 0)).map(({ title }) => title)).toEqual([
    'Big Buck Bunny',
  ]);
  expect(openFilms.filter((film) => isSuitable(film, 17)).map(({ title }) => title)).toEqual([
    'Big Buck Bunny',
  ]);
});
