import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

export const storageKey = ['storage'];

export function storage(api: ApiClient) {
  return queryOptions({
    queryKey: storageKey,
    queryFn: ({ signal }) => answer(api.http.admin.storage.$get(undefined, { init: { signal } })),
    staleTime: 0,
  });
}
