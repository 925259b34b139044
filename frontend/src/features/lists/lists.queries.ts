import { infiniteQueryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

const PAGE_SIZE = 100;

/** A list and what is on it, page after page. */
export function list(api: ApiClient, id: string) {
  return infiniteQueryOptions({
    queryKey: ['lists', id],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.http.lists[':id'].$get(
          { param: { id }, query: { page: String(pageParam), pageSize: String(PAGE_SIZE) } },
          { init: { signal } },
        ),
      ),
    initialPageParam: 1,
    getNextPageParam: ({ page, pageSize, total }) => (page * pageSize < total ? page + 1 : undefined),
    staleTime: 0,
  });
}
