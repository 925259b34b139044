import { describe, expect, test } from '@jest/globals';
import type { StoredState } from '../../repositories/watch.repository.js';
import { candidatesOf, continueWith } from './continue-watching.js';
import type { GuideEpisode } from './title-directory.port.js';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 12, minutes));
const state = (
  season: number,
  episode: number,
  minutes: number,
  facts: Partial<StoredState> = {},
): StoredState => ({
  ...{ userId: 'ada', titleKey: `show/${season}/${episode}`, mediaId: 'show', season, episode },
  ...{ positionSeconds: null, durationSeconds: 1_500, fraction: 0, inProgress: false, dismissed: false },
  ...{ plays: 1, watchedAt: at(minutes), lastActivityAt: at(minutes), ...facts },
});
const listed = (season: number, episode: number, airDate = '2020-01-01'): GuideEpisode => ({
  ...{ season, episode, title: `${season}.${episode}`, airDate, runtimeSeconds: 1_500 },
});
const guide = [
  listed(0, 1),
  listed(1, 1),
  listed(1, 2),
  listed(1, 4),
  listed(2, 1),
  listed(2, 2, '2027-01-01'),
];
const next = (...states: StoredState[]) => {
  const [candidate] = candidatesOf(states);
  const item = candidate && continueWith(candidate, guide, '2026-11-22');
  return item ? `${item.season}.${item.episode} ${item.reason}` : null;
};

describe('after an episode', () => {
  test('comes the next, over gaps and into the next season', () => {
    expect(next(state(1, 1, 0))).toBe('1.2 next');
    expect(next(state(1, 2, 0))).toBe('1.4 next');
    expect(next(state(1, 4, 0))).toBe('2.1 next');
  });

  test('comes nothing that was not broadcast yet, and no special', () => {
    expect(next(state(2, 1, 0))).toBeNull();
    expect(next(state(0, 1, 0))).toBeNull();
  });

  test('what was watched out of order is skipped', () => {
    expect(next(state(1, 2, 0), state(1, 1, 5))).toBe('1.4 next');
  });

  test('the one that was begun goes on, and the latest decides', () => {
    const begun = { inProgress: true, plays: 0, watchedAt: null, positionSeconds: 300, fraction: 0.2 };
    expect(next(state(1, 1, 0), state(1, 2, 5, begun))).toBe('1.2 resume');
    expect(next(state(1, 1, 9), state(1, 4, 5, begun))).toBe('1.2 next');
  });

  test('a show that was dismissed comes back with the next episode watched', () => {
    expect(next(state(1, 1, 0, { dismissed: true }))).toBeNull();
    expect(next(state(1, 1, 0, { dismissed: true }), state(1, 2, 5))).toBe('1.4 next');
  });

  test('of a show whose episodes nobody knows there is nothing to say', () => {
    const [candidate] = candidatesOf([state(1, 1, 0)]);
    expect(candidate && continueWith(candidate, [], '2026-11-22')).toBeNull();
  });
});
