import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/global.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApiClient } from './api/client.js';
import { LiveEvents } from './api/live-events.js';
import { createQueryClient } from './api/query-client.js';
import { Session } from './api/session.js';
import { followEvents } from './app/follow-events.js';
import { Providers } from './app/providers.js';
import { createAppRouter } from './app/router.js';
import { sendWaitingProgress } from './app/send-waiting-progress.js';
import { shareSignOut } from './app/share-sign-out.js';
import { RecentSearches } from './features/browse/recent-searches.js';

const session = new Session({
  baseUrl: '/api',
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  // The server sets it beside the cookie that only it can read.
  mayBeSignedIn: () => /(?:^|; )kinora_session=1/.test(document.cookie),
  // Typed as always there, but absent on plain http.
  locks: 'locks' in navigator ? navigator.locks : undefined,
});
const queries = createQueryClient();
const live = new LiveEvents({
  session,
  url: '/api/events',
  onEvent: followEvents(queries),
  isSeen: () => document.visibilityState === 'visible',
  onSeen: (listener) => document.addEventListener('visibilitychange', listener),
});
const api = createApiClient(session, '', () => live.isUp);
const recent = new RecentSearches(localStorage);
const router = createAppRouter({ api, queries, recent });

shareSignOut(session);
sendWaitingProgress(api);
live.start();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Providers api={api} queries={queries} recent={recent} router={router}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
