import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from './client.js';

/** One series' facts: its page shows them, the player takes title and picture from the same cache. */
export function show(api: ApiClient, id: string) {
  return queryOptions({
    queryKey: ['show', id],
    queryFn: ({ signal }) => answer(api.http.shows[':id'].$get({ param: { id } }, { init: { signal } })),
  });
}

/** A season with its episodes. */
export function season(api: ApiClient, id: string, number: number) {
  return queryOptions({
    queryKey: ['show', id, 'season', number],
    queryFn: ({ signal }) =>
      answer(
        api.http.shows[':id'].seasons[':season'].$get(
          { param: { id, season: String(number) } },
          { init: { signal } },
        ),
      ),
  });
}
