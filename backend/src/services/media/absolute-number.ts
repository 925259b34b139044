import type { Episode } from '../../entities/episode.entity.js';
import type { Season } from '../../entities/season.entity.js';

type CountedSeason = Pick<Season, 'number' | 'episodeCount'>;

/**
 * Number of an episode counted through from the first one of the first season, as fansubs count. Where a season's own
 * numbers go on from the season before (season 23 from 1156 to 1181), they are counted through already. Null of specials,
 * and where the catalogue does not tell how many episodes the seasons before have.
 *
 * @param seasons of the series
 * @param numbers of all known episodes of the episode's season
 */
export function absoluteNumber(
  { seasonNumber, number }: Pick<Episode, 'seasonNumber' | 'number'>,
  seasons: readonly CountedSeason[],
  numbers: readonly number[],
): number | null {
  if (seasonNumber === 0) return null;
  const earlier = seasons.filter((season) => season.number > 0 && season.number < seasonNumber);
  const first = numbers.length === 0 ? number : Math.min(...numbers);
  if (seasonNumber === 1 || first > 1) return number;
  const isTold = earlier.length === seasonNumber - 1 && earlier.every(({ episodeCount }) => episodeCount > 0);
  return isTold ? earlier.reduce((sum, { episodeCount }) => sum + episodeCount, 0) + number : null;
}
