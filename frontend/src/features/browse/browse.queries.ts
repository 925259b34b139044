import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

export function home(api: ApiClient) {
  return queryOptions({
    queryKey: ['home'],
    queryFn: ({ signal }) => answer(api.http.home.$get(undefined, { init: { signal } })),
  });
}

/** Films for a text. The previous answer stays on screen until the next one is there. */
export function search(api: ApiClient, text: string) {
  return queryOptions({
    queryKey: ['search', text],
    queryFn: ({ signal }) =>
      answer(api.http.search.$get({ query: { q: text, type: 'movie', page: '1' } }, { init: { signal } })),
    enabled: text !== '',
    placeholderData: keepPreviousData,
  });
}
