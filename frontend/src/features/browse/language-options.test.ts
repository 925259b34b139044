import { expect, test } from '@jest/globals';
import { languageOptions } from './language-options.js';

test('languages are told by name, in order, with the one that is asked for', () => {
  const known = languageOptions();
  expect(known).toContainEqual(['fr', 'French']);
  expect(known.map(([, name]) => name)).toEqual(known.map(([, name]) => name).toSorted());
  expect(languageOptions('is')).toContainEqual(['is', 'Icelandic']);
  expect(languageOptions('fr')).toHaveLength(known.length);
});
