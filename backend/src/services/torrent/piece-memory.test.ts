import { describe, expect, it } from '@jest/globals';
import { PieceMemory } from './piece-memory.js';

const size = 256 * 1024;

describe('PieceMemory', () => {
  it('gives out again what it was given back, for a piece of that length only', () => {
    const memory = new PieceMemory(true);
    const first = memory.take(size);
    memory.giveBack(first);
    expect(memory.take(size - 1)).not.toBe(first);
    expect(memory.take(size)).toBe(first);
    expect(memory.take(size)).not.toBe(first);
  });

  it('keeps a bounded number of bytes', () => {
    const memory = new PieceMemory(true);
    const large = 16 * 1024 * 1024;
    const pieces = [1, 2, 3].map(() => memory.take(large));
    for (const piece of pieces) memory.giveBack(piece);
    const again = [1, 2, 3].map(() => memory.take(large));
    expect(again.filter((piece) => pieces.includes(piece))).toHaveLength(2);
  });

  it('does not use pieces again that a peer may be sent uncopied, nor any where the store keeps them', () => {
    const small = new PieceMemory(true);
    const bytes = small.take(128 * 1024);
    small.giveBack(bytes);
    expect(small.take(128 * 1024)).not.toBe(bytes);
    const kept = new PieceMemory(false);
    const piece = kept.take(size);
    kept.giveBack(piece);
    expect(kept.take(size)).not.toBe(piece);
  });

  it('hands out bytes that stay what they are when their piece gives way to another', () => {
    const memory = new PieceMemory(true);
    const piece = memory.take(size).fill(1);
    const read = memory.lasting(piece, 10, 20);
    memory.giveBack(piece);
    memory.take(size).fill(2);
    expect(read).toEqual(new Uint8Array(10).fill(1));
  });
});
