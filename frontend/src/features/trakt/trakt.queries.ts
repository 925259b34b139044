import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

/** The link and what waits; asked again while something is under way. */
export function trakt(api: ApiClient) {
  return queryOptions({
    queryKey: ['trakt'],
    queryFn: ({ signal }) => answer(api.http.trakt.$get(undefined, { init: { signal } })),
    staleTime: 0,
    refetchInterval: ({ state }) => {
      if (!state.data?.linked) return false;
      return state.data.syncing || state.data.waiting.total > 0 ? 2_000 : 30_000;
    },
  });
}
