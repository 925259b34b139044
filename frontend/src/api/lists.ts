import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from './client.js';

/** The signed-in user's lists, the watchlist first, then what others share. */
export function lists(api: ApiClient) {
  return queryOptions({
    queryKey: ['lists'],
    queryFn: ({ signal }) => answer(api.http.lists.$get(undefined, { init: { signal } })),
    staleTime: 0,
  });
}

/** What is on lists has changed: the lists themselves, the rows made of them, and the marks on a title's page. */
export async function listsChanged(queries: QueryClient, mediaId?: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['lists'] }),
    queries.invalidateQueries({ queryKey: ['home'] }),
    ...(mediaId === undefined
      ? []
      : [
          queries.invalidateQueries({ queryKey: ['movie', mediaId], exact: true }),
          queries.invalidateQueries({ queryKey: ['show', mediaId], exact: true }),
        ]),
  ]);
}
