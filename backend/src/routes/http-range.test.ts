import { describe, expect, it } from '@jest/globals';
import { fc } from '../test-support/properties.js';
import { ifNoneMatchHits, ifRangeHolds, readRange } from './http-range.js';

const part = (start: number, end: number) => ({ kind: 'part', start, end });
const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };

describe('T31 readRange, a file of 1000 bytes', () => {
  it.each([
    ['bytes=0-0', part(0, 1)],
    ['bytes=0-999', part(0, 1000)],
    ['bytes=0-', part(0, 1000)],
    ['bytes=0-1000', part(0, 1000)],
    ['bytes=0-99999', part(0, 1000)],
    ['bytes=999-', part(999, 1000)],
    ['bytes=500-599', part(500, 600)],
    ['bytes=-1', part(999, 1000)],
    ['bytes=-5000', part(0, 1000)],
    ['BYTES=0-1', part(0, 2)],
    ['bytes=1000-', unsatisfiable],
    ['bytes=5000-', unsatisfiable],
    ['bytes=-0', unsatisfiable],
    ['bytes=99999999999999999999-', unsatisfiable],
    ['bytes=5-2', whole],
    ['bytes=99999999999999999999-1', whole],
    ['bytes=abc', whole],
    ['bytes=', whole],
    ['bytes=-', whole],
    ['bytes=--5', whole],
    ['bytes=1e3-', whole],
    ['bytes=0x10-', whole],
    ['items=0-5', whole],
    ['bytes=0-1,5-6', whole],
    ['bytes=0-5-9', whole],
    [undefined, whole],
  ])('reads %s', (header, expected) => {
    expect(readRange(header, 1000)).toEqual(expected);
  });

  it.each(['bytes=0-', 'bytes=0-0', 'bytes=-1', 'bytes=-0'])('refuses %s of an empty file', (header) => {
    expect(readRange(header, 0)).toEqual(unsatisfiable);
  });

  it('never leaves the file, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.nat(), fc.nat({ max: 5000 }), (text, a, b, size) => {
        for (const header of [text, `bytes=${text}`, `bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${b}`]) {
          const range = readRange(header, size);
          if (range.kind !== 'part') continue;
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThan(range.start);
          expect(range.end).toBeLessThanOrEqual(size);
        }
      }),
    );
  });
});

describe('validators', () => {
  const etag = '"abc-0"';

  it.each([
    [undefined, true],
    ['"abc-0"', true],
    ['W/"abc-0"', false],
    ['"other"', false],
    ['Wed, 21 Oct 2015 07:28:00 GMT', false],
  ])('If-Range %s -> %s', (header, holds) => {
    expect(ifRangeHolds(header, etag)).toBe(holds);
  });

  it.each([
    [undefined, false],
    ['*', true],
    ['"x", W/"abc-0"', true],
    ['"x"', false],
  ])('If-None-Match %s -> %s', (header, hit) => {
    expect(ifNoneMatchHits(header, etag)).toBe(hit);
  });
});
