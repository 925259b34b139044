import { describe, expect, it } from '@jest/globals';
import { lengthDoubt } from './length-doubt.js';

describe('lengthDoubt', () => {
  it('says nothing while either length is unknown, or when they fit', () => {
    expect(lengthDoubt(null, 1_440)).toBeNull();
    expect(lengthDoubt(600, null)).toBeNull();
    expect(lengthDoubt(1_380, 1_440)).toBeNull();
  });

  it('names both lengths when they are far apart', () => {
    expect(lengthDoubt(600, 1_440)).toBe(
      'This file runs 10 min and the title 24 min: it may be something else.',
    );
    expect(lengthDoubt(3_600, 7_500)).toMatch(/^This file runs 1 h and the title 2 h 5 min/);
    expect(lengthDoubt(10, 7_200)).toMatch(/^This file runs 1 min/);
  });

  it('F54 says which part of a film a file is, whatever the running times are', () => {
    expect(lengthDoubt(null, null, { number: 1, count: 2 })).toBe('This file is part 1 of 2 of the film.');
  });
});
