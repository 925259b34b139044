import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

export function users(api: ApiClient) {
  return queryOptions({
    queryKey: ['users'],
    // A household; whoever has more accounts than this finds them through the API.
    queryFn: ({ signal }) =>
      answer(api.http.users.$get({ query: { page: '1', pageSize: '100' } }, { init: { signal } })),
    staleTime: 0,
  });
}

/** Where a user is signed in. */
export function userSessions(api: ApiClient, id: string) {
  return queryOptions({
    queryKey: ['users', id, 'sessions'],
    queryFn: ({ signal }) =>
      answer(api.http.users[':id'].sessions.$get({ param: { id } }, { init: { signal } })),
    staleTime: 0,
  });
}

/** What of the audit log is shown; kept in the address. */
export interface AuditView {
  /** An area such as `session`. */
  action?: string;
  outcome?: 'ok' | 'denied' | 'failed';
  page?: number;
}

export const auditPageSize = 50;

export function audit(api: ApiClient, { page = 1, ...filter }: AuditView) {
  return queryOptions({
    queryKey: ['audit', filter, page],
    queryFn: ({ signal }) =>
      answer(
        api.http.admin.audit.$get(
          { query: { ...filter, page: String(page), pageSize: String(auditPageSize) } },
          { init: { signal } },
        ),
      ),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}
