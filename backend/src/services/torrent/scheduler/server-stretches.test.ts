import { describe, expect, it } from '@jest/globals';
import { pieceOfStretch } from './server-stretches.js';

const mebibyte = 1024 * 1024;
const from = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

describe('pieceOfStretch', () => {
  const usual = { pieceLength: mebibyte, goesOnAt: -1, othersShare: 0 };

  it('goes on where it was', () => {
    expect(pieceOfStretch({ ...usual, pieces: [...from(3, 9), ...from(20, 30)], goesOnAt: 5 })).toBe(5);
  });

  it('begins in the longest stretch, where it and the others will meet at its end', () => {
    const pieces = [...from(3, 9), ...from(20, 30)];
    expect(pieceOfStretch({ ...usual, pieces })).toBe(20);
    expect(pieceOfStretch({ ...usual, pieces, othersShare: 0.5 })).toBe(35);
  });

  it('leaves to the others what is not worth a request', () => {
    expect(pieceOfStretch({ ...usual, pieces: [] })).toBeNull();
    expect(pieceOfStretch({ ...usual, pieces: [1, 3, 5, 7] })).toBeNull();
    expect(pieceOfStretch({ ...usual, pieces: from(1, 4), othersShare: 0.9 })).toBeNull();
    expect(pieceOfStretch({ ...usual, pieces: [1, 3], pieceLength: 4 * mebibyte })).toBe(1);
  });
});
