import { expect, it } from '@jest/globals';
import { shareOfReader } from './reader-memory.js';

it.each([
  [1, 1024 * 1024, 4],
  [16, 1024 * 1024, 4],
  [20, 512 * 1024, 3],
  [40, 256 * 1024, 1],
  [100, 128 * 1024, 1],
  [10_000, 64 * 1024, 1],
])('one of %i readers reads %i bytes at once and has %i chunks under way', (readers, readBytes, chunks) => {
  expect(shareOfReader(readers)).toEqual({ readBytes, chunks });
});
