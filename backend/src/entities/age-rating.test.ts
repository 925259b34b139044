import { expect, test } from '@jest/globals';
import { fc } from '../test-support/properties.js';
import { ageOfCertification, isSuitable } from './age-rating.js';

test.each([
  ['G', 0],
  ['PG', 8],
  ['PG-13', 13],
  ['pg-13', 13],
  ['R', 18],
  ['NC-17', 18],
  ['U', 0],
  ['12A', 12],
  ['15', 15],
  ['0', 0],
  ['6', 6],
  ['16', 16],
  ['TP', 0],
  ['VM14', 14],
  ['MA 15+', 15],
  // One word, two meanings: for everyone in Denmark, for adults in India.
  ['A', 18],
  ['M', 16],
])('%s is from %i', (word, age) => expect(ageOfCertification(word)).toBe(age));

test.each([null, '', 'NR', 'Not Rated', 'Unrated', '99', 'toString', '__proto__'])(
  '%p says nothing',
  (word) => expect(ageOfCertification(word)).toBeNull(),
);

test('without a limit everything is suitable; with one, only what is known to be for that age', () => {
  fc.assert(
    fc.property(fc.option(fc.string()), fc.integer({ min: 0, max: 18 }), (certification, limit) => {
      const age = ageOfCertification(certification);
      return (
        isSuitable({ certification }, null) &&
        isSuitable({ certification }, limit) === (age !== null && age <= limit)
      );
    }),
  );
  expect(isSuitable({ certification: 'PG' }, 7)).toBe(false);
  expect(isSuitable({ certification: 'PG' }, 8)).toBe(true);
  expect(isSuitable({ certification: null }, 18)).toBe(false);
});
