import { describe, expect, it } from '@jest/globals';
import { estimateBandwidth } from './bandwidth.js';

describe('estimateBandwidth', () => {
  it('says nothing of a line that nothing was seen of', () => {
    expect(estimateBandwidth([], undefined)).toBeNull();
    expect(estimateBandwidth([{ bytes: 40_000, ms: 2_000 }], undefined)).toBeNull();
    expect(estimateBandwidth([{ bytes: 400_000, ms: 80 }], undefined)).toBeNull();
    expect(estimateBandwidth([{ bytes: 0, ms: 3_000 }], 0)).toBeNull();
  });

  it('goes by the best of the long transfers', () => {
    const transfers = [
      { bytes: 250_000, ms: 1_000 },
      { bytes: 500_000, ms: 1_000 },
    ];
    expect(estimateBandwidth(transfers, undefined)).toBe(4_000_000);
  });

  it("takes the browser's own estimate, but not its ceiling", () => {
    expect(estimateBandwidth([], 1.5)).toBe(1_500_000);
    expect(estimateBandwidth([{ bytes: 250_000, ms: 1_000 }], 1.5)).toBe(2_000_000);
    expect(estimateBandwidth([{ bytes: 250_000, ms: 1_000 }], 10)).toBeNull();
  });
});
