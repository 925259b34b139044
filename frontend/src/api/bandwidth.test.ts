import { describe, expect, it } from '@jest/globals';
import { estimateBandwidth } from './bandwidth.js';

describe('estimateBandwidth', () => {
  it('says nothing of a line that nothing was seen of', () => {
    expect(estimateBandwidth([])).toBeNull();
    expect(estimateBandwidth([{ bytes: 0, ms: 3_000 }])).toBeNull();
  });

  it('does not take a server that is slow to answer for a slow line', () => {
    expect(estimateBandwidth([{ bytes: 300_000, ms: 2_000 }])).toBeNull();
    expect(estimateBandwidth([{ bytes: 4_000_000, ms: 80 }])).toBeNull();
  });

  it('goes by the best of the long transfers', () => {
    const transfers = [
      { bytes: 1_250_000, ms: 5_000 },
      { bytes: 2_500_000, ms: 5_000 },
    ];
    expect(estimateBandwidth(transfers)).toBe(4_000_000);
  });
});
