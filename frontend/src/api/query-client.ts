import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './problem.js';

const MINUTE_MS = 60_000;

/** The caching policy of the whole application. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5 * MINUTE_MS,
        gcTime: 30 * MINUTE_MS,
        // The server is often on the same network: "offline" towards the internet says nothing about it.
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && isWorthRetrying(error),
        retryDelay: (failures) => 500 * 2 ** failures,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** A refusal stays a refusal; a provider that failed was already retried by the server. */
function isWorthRetrying(error: Error): boolean {
  return !(error instanceof ApiError) || error.status === 503;
}
