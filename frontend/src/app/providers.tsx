import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { type ApiClient, ApiContext } from '../api/client.js';
import { useSessionState } from '../api/use-session.js';
import { ConfirmDialog } from '../features/auth/confirm-dialog.js';
import type { RecentSearches } from '../features/browse/recent-searches.js';
import type { AppRouter } from './router.js';

interface ProvidersProps {
  api: ApiClient;
  queries: QueryClient;
  recent: RecentSearches;
  router: AppRouter;
  children: ReactNode;
}

/** What every page can ask for, and the one reaction to the end of a session. */
export function Providers({ api, queries, recent, router, children }: ProvidersProps) {
  const { status } = useSessionState(api.session);

  useEffect(() => {
    if (status !== 'signed-out') return;
    // The next person at this browser sees nothing of the last one.
    queries.clear();
    recent.clear();
    // Guards run again: pages for the signed-in send to the sign-in page, which leads back.
    void router.invalidate();
  }, [status, queries, recent, router]);

  return (
    <ApiContext value={api}>
      <QueryClientProvider client={queries}>
        {children}
        <ConfirmDialog />
      </QueryClientProvider>
    </ApiContext>
  );
}
