import { expect, test } from '@jest/globals';
import { newId } from './id.js';

test('ids are version 7 UUIDs that sort by time and never repeat', () => {
  const ids = Array.from({ length: 1_000 }, () => newId(1_795_345_200_000));
  for (const id of ids) expect(id).toMatch(/^01a202e9-b380-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(1_000);
  expect(newId(1_000) < newId(1_001)).toBe(true);
});
