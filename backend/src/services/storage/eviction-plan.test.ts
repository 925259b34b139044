import { describe, expect, test } from '@jest/globals';
import { type EvictionCandidate, evictionPlan } from './eviction-plan.js';

const trimmedBytes = 10;
const item = (lastUsedAt: number, changes: Partial<EvictionCandidate> = {}): EvictionCandidate => ({
  infoHash: String(lastUsedAt),
  directory: `d${lastUsedAt}`,
  bytes: 1_000,
  lastUsedAt,
  isPinned: false,
  isPlaying: false,
  ...changes,
});
const plan = (items: EvictionCandidate[]) =>
  evictionPlan(items, trimmedBytes).map(({ action, directory }) => `${action} ${directory}`);

describe('the eviction plan', () => {
  test('takes the least recently watched first; of recent titles the middle before head and tail', () => {
    expect(plan([item(3), item(1), item(2)])).toEqual([
      'trim d1',
      'trim d2',
      'trim d3',
      'erase d1',
      'erase d2',
      'erase d3',
    ]);
  });

  test('erases what is not among the ten latest whole, and before anything is trimmed', () => {
    const items = Array.from({ length: 12 }, (_, index) => item(index + 1));
    expect(plan(items).slice(0, 4)).toEqual(['erase d1', 'erase d2', 'trim d3', 'trim d4']);
    expect(plan(items)).toHaveLength(22);
  });

  test('never takes what plays or is pinned', () => {
    expect(plan([item(1, { isPlaying: true }), item(2, { isPinned: true })])).toEqual([]);
  });

  test('begins with what belongs to no torrent, and does not trim what is hardly more than head and tail', () => {
    expect(plan([item(1, { bytes: 20 }), item(9, { infoHash: null })])).toEqual(['erase d9', 'erase d1']);
  });
});
