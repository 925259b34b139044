import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from './client.js';
import { ProgressQueue } from './progress-queue.js';

/** Where the signed-in user stands with a film or a show. */
export function progressOf(api: ApiClient, mediaId: string) {
  return queryOptions({
    queryKey: ['watching', 'progress', mediaId],
    queryFn: ({ signal }) =>
      answer(api.http.progress[':mediaId'].$get({ param: { mediaId } }, { init: { signal } })),
    staleTime: 0,
  });
}

export function continueWatching(api: ApiClient) {
  return queryOptions({
    queryKey: ['watching', 'continue'],
    queryFn: ({ signal }) => answer(api.http['continue-watching'].$get(undefined, { init: { signal } })),
    staleTime: 0,
  });
}

/** Everything that was said about what is watched is out of date. */
export function watchingChanged(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['watching'] });
}

/** The queue of whoever is signed in; null when nobody is. */
export function progressQueue(api: ApiClient): ProgressQueue | null {
  const state = api.session.getState();
  if (state.status !== 'signed-in') return null;
  return new ProgressQueue({
    storage: localStorage,
    userId: state.user.id,
    now: () => Date.now(),
    send: async (batch, { keepalive }) => {
      const { accepted } = await answer(
        api.http.progress.$post({ json: batch }, { init: keepalive ? { keepalive: true } : {} }),
      );
      return accepted;
    },
  });
}
