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

/** What those like who like the title. */
export function similarTo(api: ApiClient, type: 'movie' | 'show', id: string) {
  return queryOptions({
    queryKey: [type, id, 'similar'],
    queryFn: ({ signal }) => {
      const asked = [{ param: { id } }, { init: { signal } }] as const;
      return type === 'movie'
        ? answer(api.http.movies[':id'].similar.$get(...asked))
        : answer(api.http.shows[':id'].similar.$get(...asked));
    },
  });
}
