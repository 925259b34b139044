import { useRouteContext } from '@tanstack/react-router';
import type { RecentSearches } from '../features/browse/recent-searches.js';

export function useRecentSearches(): RecentSearches {
  return useRouteContext({ from: '__root__', select: ({ recent }) => recent });
}
