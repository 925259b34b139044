import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from './client.js';

/** One film's facts: the film's page shows them, the player takes title and picture from the same cache. */
export function movie(api: ApiClient, id: string) {
  return queryOptions({
    queryKey: ['movie', id],
    queryFn: ({ signal }) => answer(api.http.movies[':id'].$get({ param: { id } }, { init: { signal } })),
  });
}
