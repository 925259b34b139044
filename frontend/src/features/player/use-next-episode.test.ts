import { describe, expect, it } from '@jest/globals';
import type { Episode, Show } from '../../api/types.js';
import { episodeAfter, seasonAfter } from './use-next-episode.js';

const seasons = [0, 1, 3].map((number) => ({ number })) as Show['seasons'];
const episodes = [5, 1, 3].map((number) => ({ number })) as Episode[];

describe('what comes after an episode', () => {
  it('is the next that there is, whatever its number', () => {
    expect(episodeAfter(episodes, 1)?.number).toBe(3);
    expect(episodeAfter(episodes, 3)?.number).toBe(5);
    expect(episodeAfter(episodes, 5)).toBeNull();
  });

  it('is in the next season there is; specials are followed by specials alone', () => {
    expect(seasonAfter(seasons, 1)).toBe(3);
    expect(seasonAfter(seasons, 3)).toBeNull();
    expect(seasonAfter(seasons, 0)).toBeNull();
  });
});
