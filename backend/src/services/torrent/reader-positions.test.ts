import { describe, expect, it } from '@jest/globals';
import { ReaderPositions } from './reader-positions.js';

const MiB = 1024 * 1024;

describe('ReaderPositions', () => {
  it('knows how far the nearest reader before a piece is', () => {
    const positions = new ReaderPositions();
    positions.open('a', { position: 100, end: 1_000 });
    positions.open('b', { position: 500, end: 2_000 });
    expect(positions.distanceTo(50, 150)).toBe(0);
    expect(positions.distanceTo(700, 800)).toBe(200);
    expect(positions.distanceTo(0, 100)).toBe(Number.POSITIVE_INFINITY);
    expect(positions.distanceTo(2_000, 2_100)).toBe(Number.POSITIVE_INFINITY);
    positions.move('b', 900);
    expect(positions.distanceTo(700, 800)).toBe(600);
    positions.close('a');
    expect(positions.distanceTo(700, 800)).toBe(Number.POSITIVE_INFINITY);
  });

  it('counts what a reader was told last as being read until its consumer has gone', () => {
    const positions = new ReaderPositions();
    const consumer = new AbortController();
    positions.open('a', { position: 50 * MiB, end: 51 * MiB });
    positions.close('a', consumer.signal);
    expect(positions.isNear(45 * MiB, 46 * MiB, MiB)).toBe(true);
    expect(positions.isNear(40 * MiB, 41 * MiB, MiB)).toBe(false);
    expect(positions.isNear(51 * MiB, 52 * MiB, MiB)).toBe(false);
    consumer.abort();
    expect(positions.isNear(45 * MiB, 46 * MiB, MiB)).toBe(false);
  });
});
