import type { WantedEpisode } from '../indexer.port.js';

/**
 * Returns whether a number such as 105 is an episode counted through and not the fifth of the first season: a series
 * that has 105 episodes is counted so where a name gives nothing but the number.
 */
export function isCountedThrough(number: number, { absolute, episodeCount = null }: WantedEpisode): boolean {
  return number === absolute || (episodeCount !== null && number <= episodeCount);
}
