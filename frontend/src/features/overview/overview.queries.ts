import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

/** Often enough to see speeds change, milliseconds. */
const pollMs = 10_000;

export function serverOverview(api: ApiClient) {
  return queryOptions({
    queryKey: ['overview'],
    queryFn: ({ signal }) => answer(api.http.admin.overview.$get(undefined, { init: { signal } })),
    staleTime: 0,
    refetchInterval: pollMs,
  });
}
