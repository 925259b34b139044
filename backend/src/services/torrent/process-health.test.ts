import { describe, expect, it } from '@jest/globals';
import { isStarved, readProcessTimes } from './process-health.js';

describe('readProcessTimes', () => {
  it('reads its own, and gives null for a process that is not there', async () => {
    expect((await readProcessTimes(process.pid))?.ranMs).toBeGreaterThan(0);
    expect(await readProcessTimes(2 ** 30)).toBeNull();
  });
});

describe('isStarved', () => {
  const before = { ranMs: 100, waitedMs: 100 };

  it('tells a process that waits for a processor from one that is stuck or stopped', () => {
    expect(isStarved(before, { ranMs: 300, waitedMs: 900 }, 1_000)).toBe(true);
    expect(isStarved(before, { ranMs: 1_050, waitedMs: 150 }, 1_000)).toBe(false);
    expect(isStarved(before, before, 1_000)).toBe(false);
    expect(isStarved(before, null, 1_000)).toBe(false);
  });
});
