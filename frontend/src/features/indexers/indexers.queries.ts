import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

export function indexers(api: ApiClient) {
  return queryOptions({
    queryKey: ['indexers'],
    queryFn: ({ signal }) => answer(api.http.admin.indexers.$get({}, { init: { signal } })),
    staleTime: 0,
  });
}
