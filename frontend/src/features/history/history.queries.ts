import { infiniteQueryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

const PAGE_SIZE = 50;

/** Latest first, page after page. */
export function history(api: ApiClient) {
  return infiniteQueryOptions({
    queryKey: ['watching', 'history'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.http.history.$get(
          { query: { page: String(pageParam), pageSize: String(PAGE_SIZE) } },
          { init: { signal } },
        ),
      ),
    initialPageParam: 1,
    getNextPageParam: ({ page, pageSize, total }) => (page * pageSize < total ? page + 1 : undefined),
    staleTime: 0,
  });
}
