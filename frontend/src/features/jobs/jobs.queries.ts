import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

export const jobsKey = ['jobs'];

/** Milliseconds. `live`: this server tells when its jobs begin and end; another one on the same database may run some, too. */
const pollMs = { running: 2_000, idle: 15_000, live: 15_000 } as const;

/** Asked again while the page is seen, more often while something runs. */
export function jobs(api: ApiClient) {
  return queryOptions({
    queryKey: jobsKey,
    queryFn: ({ signal }) => answer(api.http.admin.jobs.$get(undefined, { init: { signal } })),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ running }) => running)
        ? api.isLive()
          ? pollMs.live
          : pollMs.running
        : pollMs.idle,
  });
}

/** The latest runs of a job, as many as the server keeps. */
export function jobRuns(api: ApiClient, name: string) {
  return queryOptions({
    queryKey: [...jobsKey, name, 'runs'],
    queryFn: ({ signal }) =>
      answer(
        api.http.admin.jobs[':name'].runs.$get(
          { param: { name }, query: { page: '1', pageSize: '50' } },
          { init: { signal } },
        ),
      ),
    staleTime: 0,
    refetchInterval: pollMs.idle,
  });
}
