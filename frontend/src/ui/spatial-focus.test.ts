import { describe, expect, it } from '@jest/globals';
import { type Box, nearestInDirection } from './spatial-focus.js';

const box = (left: number, top: number, width = 100, height = 150): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

/** Two rows of three posters; the second is scrolled half a poster to the left. */
const posters = [box(0, 0), box(120, 0), box(240, 0), box(-50, 200), box(70, 200), box(190, 200)];

describe('nearestInDirection', () => {
  it('moves along a row, and stops at its end instead of falling into the next one', () => {
    expect(nearestInDirection(box(0, 0), posters, 'right')).toBe(1);
    expect(nearestInDirection(box(240, 0), posters, 'right')).toBe(-1);
    expect(nearestInDirection(box(120, 0), posters, 'left')).toBe(0);
  });

  it('reaches cards of the same row which are scrolled out of sight', () => {
    expect(nearestInDirection(box(70, 200), posters, 'left')).toBe(3);
  });

  it('moves down to what lies below the eye', () => {
    expect(nearestInDirection(box(240, 0), posters, 'down')).toBe(5);
    expect(nearestInDirection(box(70, 200), posters, 'up')).toBe(1);
  });

  it('does not jump over a row for a better column', () => {
    const far = [box(500, 200), box(0, 400)];
    expect(nearestInDirection(box(0, 0), far, 'down')).toBe(0);
  });
});
