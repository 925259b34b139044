import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

/** Where the account is signed in. It changes elsewhere, so it is asked afresh. */
export function sessions(api: ApiClient) {
  return queryOptions({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => answer(api.http.auth.sessions.$get(undefined, { init: { signal } })),
    staleTime: 0,
  });
}

/** The second factors of the account. */
export function security(api: ApiClient) {
  return queryOptions({
    queryKey: ['security'],
    queryFn: ({ signal }) => answer(api.http.me.security.$get(undefined, { init: { signal } })),
    staleTime: 0,
  });
}
