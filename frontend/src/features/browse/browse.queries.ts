import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';
import type { DiscoverView } from './discover-view.js';

export function home(api: ApiClient) {
  return queryOptions({
    queryKey: ['home'],
    queryFn: ({ signal }) => answer(api.http.home.$get(undefined, { init: { signal } })),
  });
}

/** Titles and people for a text. The previous answer stays on screen until the next one is there. */
export function search(api: ApiClient, text: string) {
  return infiniteQueryOptions({
    queryKey: ['search', text],
    queryFn: ({ pageParam, signal }) =>
      answer(api.http.search.$get({ query: { q: text, page: String(pageParam) } }, { init: { signal } })),
    initialPageParam: 1,
    getNextPageParam,
    enabled: text !== '',
    placeholderData: keepPreviousData,
  });
}

/** Titles by what they have in common, page after page. */
export function discover(api: ApiClient, view: DiscoverView) {
  return infiniteQueryOptions({
    queryKey: ['discover', view],
    queryFn: ({ pageParam, signal }) =>
      answer(api.http.discover.$get({ query: { ...view, page: String(pageParam) } }, { init: { signal } })),
    initialPageParam: 1,
    getNextPageParam,
    placeholderData: keepPreviousData,
  });
}

export function genres(api: ApiClient) {
  return queryOptions({
    queryKey: ['genres'],
    queryFn: ({ signal }) => answer(api.http.genres.$get(undefined, { init: { signal } })),
    staleTime: 60 * 60_000,
  });
}

/** All rows the home page can have. */
export function homeRows(api: ApiClient) {
  return queryOptions({
    queryKey: ['home', 'rows'],
    queryFn: ({ signal }) => answer(api.http.home.rows.$get(undefined, { init: { signal } })),
    staleTime: 0,
  });
}

function getNextPageParam({ page, pageSize, total }: { page: number; pageSize: number; total: number }) {
  return page * pageSize < total ? page + 1 : undefined;
}
