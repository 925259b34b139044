import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

const MINUTE_MS = 60_000;

/** Seeders come and go, so sources age sooner than facts. */
export function movieSources(api: ApiClient, id: string) {
  return queryOptions({
    queryKey: ['movie', id, 'sources'],
    queryFn: ({ signal }) =>
      answer(api.http.movies[':id'].sources.$get({ param: { id } }, { init: { signal } })),
    staleTime: MINUTE_MS,
  });
}
