import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sha1 } from './__fixtures__/loopback-swarm.js';
import { PieceBuffer } from './piece-buffer.js';

const block = 16 * 1024;
const bytes = randomBytes(3 * block + 100);

function filled(piece: Uint8Array, order: readonly number[]): PieceBuffer {
  const buffer = new PieceBuffer(new Uint8Array(piece.length));
  for (const index of order) buffer.take(index * block, piece.subarray(index * block, (index + 1) * block));
  return buffer;
}

describe('PieceBuffer', () => {
  it.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[1, 3, 0, 2]]])(
    'puts a piece together in the order %s',
    (order) => {
      const buffer = filled(bytes, order);
      expect(buffer.matches(sha1(bytes))).toBe(true);
      expect(Buffer.from(buffer.bytes)).toEqual(bytes);
    },
  );

  it('tells a damaged piece and one with a gap (T12)', () => {
    const damaged = Buffer.from(bytes);
    damaged[2 * block] = (damaged[2 * block] ?? 0) ^ 1;
    expect(filled(damaged, [0, 1, 2, 3]).matches(sha1(bytes))).toBe(false);
    expect(filled(bytes, [0, 1, 3]).matches(sha1(bytes))).toBe(false);
  });
});
