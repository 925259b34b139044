import type { DiscoverFilter } from '../media/metadata-provider.port.js';

/** An average of fewer votes says little; sorting by it would put unknown titles first. */
const votesForRating = '100';

/** The query of `/discover/movie` and `/discover/tv`, which name dates and titles differently. */
export function discoverParameters(filter: DiscoverFilter): Record<string, string | undefined> {
  const date = filter.type === 'movie' ? 'primary_release_date' : 'first_air_date';
  const byRating = filter.sort === 'rating' || filter.ratingFrom !== undefined;
  return {
    sort_by: sortOf(filter, date),
    with_genres: filter.genreTmdbId?.toString(),
    [`${date}.gte`]: filter.yearFrom === undefined ? undefined : `${filter.yearFrom}-01-01`,
    [`${date}.lte`]: filter.yearTo === undefined ? undefined : `${filter.yearTo}-12-31`,
    'vote_average.gte': filter.ratingFrom?.toString(),
    'vote_count.gte': byRating ? votesForRating : undefined,
    with_original_language: filter.language,
    include_video: filter.type === 'movie' ? 'false' : undefined,
    include_null_first_air_dates: filter.type === 'movie' ? undefined : 'false',
  };
}

function sortOf({ sort, type }: DiscoverFilter, date: string): string {
  switch (sort) {
    case 'popularity':
      return 'popularity.desc';
    case 'rating':
      return 'vote_average.desc';
    case 'newest':
      return `${date}.desc`;
    case 'title':
      return type === 'movie' ? 'title.asc' : 'name.asc';
  }
}
