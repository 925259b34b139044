import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';

/** Whether the first administrator is missing. Asked afresh each time: it changes once, and then for good. */
export function setUpState(api: ApiClient) {
  return queryOptions({
    queryKey: ['setup'],
    queryFn: () => answer(api.http.setup.$get()),
    staleTime: 0,
  });
}
