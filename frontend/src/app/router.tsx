import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
  useRouter,
} from '@tanstack/react-router';
import { useState } from 'react';
import type { ApiClient } from '../api/client.js';
import { parseAuditSearch } from '../features/admin/audit-view.js';
import { SignInPage } from '../features/auth/sign-in-page.js';
import { parseDiscoverView } from '../features/browse/discover-view.js';
import { HomePage } from '../features/browse/home-page.js';
import type { RecentSearches } from '../features/browse/recent-searches.js';
import { SearchPage } from '../features/browse/search-page.js';
import { parsePlayRequest } from '../features/player/play-request.js';
import { setUpState } from '../features/setup/set-up.queries.js';
import { SetUpPage } from '../features/setup/set-up-page.js';
import { MoviePage } from '../features/title/movie-page.js';
import { buttonClass } from '../ui/button.js';
import { ErrorPage, NotFoundPage, Starting } from './error-page.js';
import { rememberFocus } from './focus-places.js';
import { Layout } from './layout.js';
import { openAfterSignIn, parseNext, redirectAfterSignIn } from './next-page.js';
import { OpenTorrentButton } from './open-torrent.js';
import { type AddressSearch, onlyParsed, parseSearch, stringifySearch } from './search-part.js';

interface RouterContext {
  api: ApiClient;
  queries: QueryClient;
  recent: RecentSearches;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  // Before anything else: does the cookie still sign in?
  beforeLoad: async ({ context: { api } }) => {
    await api.session.start();
    const state = api.session.getState();
    if (state.status === 'unreachable') throw state.error;
  },
});

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-up',
  beforeLoad: async ({ context: { api, queries } }) => {
    const { needed } = await queries.query(setUpState(api));
    if (!needed) redirect({ to: '/', throw: true });
  },
  component: function SetUpRoute() {
    const navigate = setUpRoute.useNavigate();
    return <SetUpPage onSignedIn={() => void navigate({ to: '/welcome', replace: true })} />;
  },
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: onlyParsed(parseNext),
  beforeLoad: async ({ context: { api, queries }, search }) => {
    if (api.session.getState().status === 'signed-in') redirectAfterSignIn(search);
    const { needed } = await queries.query(setUpState(api));
    if (needed) redirect({ to: '/set-up', replace: true, throw: true });
  },
  component: function SignInRoute() {
    const search = signInRoute.useSearch();
    const { history } = useRouter();
    return (
      <SignInPage
        onSignedIn={() => openAfterSignIn(history, search)}
        otherWays={
          <Link to="/sign-in/device" search={search} className={buttonClass({ look: 'quiet' })}>
            Sign in from another screen
          </Link>
        }
      />
    );
  },
});

/** Where a TV shows its code. */
const signInDeviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/device',
  validateSearch: onlyParsed(parseNext),
  beforeLoad: ({ context: { api }, search }) => {
    if (api.session.getState().status === 'signed-in') redirectAfterSignIn(search);
  },
  component: lazyRouteComponent(() => import('./device-routes.js'), 'AskRoute'),
});

/** Everything for the signed-in. */
const memberRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'member',
  beforeLoad: ({ context: { api }, location }) => {
    if (api.session.getState().status === 'signed-in') return;
    redirect({
      throw: true,
      to: '/sign-in',
      search: location.href === '/' ? {} : { next: location.href },
      replace: true,
    });
  },
  component: Outlet,
});

const layoutRoute = createRoute({ getParentRoute: () => memberRoute, id: 'layout', component: Layout });

const homeRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/',
  component: () => <HomePage openTorrent={<OpenTorrentButton />} />,
});

const searchRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/search',
  validateSearch: onlyParsed((search: AddressSearch): { q?: string } => {
    const q = (search['q'] ?? '').trim().slice(0, 200);
    return q === '' ? {} : { q };
  }),
  component: function SearchRoute() {
    const { q = '' } = searchRoute.useSearch();
    const { recent } = searchRoute.useRouteContext();
    return <SearchPage text={q} recent={recent} />;
  },
});

const movieRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/movies/$id',
  validateSearch: onlyParsed((search: AddressSearch): { sources?: 'open' } =>
    search['sources'] === 'open' ? { sources: 'open' } : {},
  ),
  component: function MovieRoute() {
    const { id } = movieRoute.useParams();
    const { sources } = movieRoute.useSearch();
    const navigate = movieRoute.useNavigate();
    const router = useRouter();
    const [openedHere, setOpenedHere] = useState(false);
    const showSources = (open: boolean) => {
      if (open) {
        setOpenedHere(true);
        void navigate({ search: { sources: 'open' }, resetScroll: false });
      } else if (openedHere) router.history.back();
      else void navigate({ search: {}, replace: true, resetScroll: false });
    };
    return (
      <MoviePage
        key={id}
        id={id}
        sourcesOpen={sources === 'open'}
        onSources={showSources}
        openTorrent={<OpenTorrentButton />}
      />
    );
  },
});

const showRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/shows/$id',
  validateSearch: onlyParsed(({ season }: AddressSearch): { season?: string } =>
    season !== undefined && /^\d{1,4}$/.test(season) ? { season } : {},
  ),
  component: lazyRouteComponent(() => import('./browse-routes.js'), 'ShowRoute'),
});

const personRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/people/$id',
  component: lazyRouteComponent(() => import('./browse-routes.js'), 'PersonRoute'),
});

const discoverRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/discover',
  validateSearch: onlyParsed(parseDiscoverView),
  component: lazyRouteComponent(() => import('./browse-routes.js'), 'DiscoverRoute'),
});

const listsRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/lists',
  component: lazyRouteComponent(() => import('../features/lists/lists-page.js'), 'ListsPage'),
});

const listRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/lists/$id',
  component: lazyRouteComponent(() => import('./browse-routes.js'), 'ListRoute'),
});

const accountRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./account-routes.js'), 'AccountRoute'),
});

const securityRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/account/security',
  component: lazyRouteComponent(() => import('./account-routes.js'), 'SecurityRoute'),
});

const traktRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/trakt',
  component: lazyRouteComponent(() => import('../features/trakt/trakt-page.js'), 'TraktPage'),
});

const historyRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/history',
  component: lazyRouteComponent(() => import('../features/history/history-page.js'), 'HistoryPage'),
});

/** Where a TV's code is typed. */
const deviceRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/device',
  validateSearch: onlyParsed((search: AddressSearch): { code?: string } => {
    const code = (search['code'] ?? '').trim().slice(0, 16);
    return code === '' ? {} : { code };
  }),
  component: lazyRouteComponent(() => import('./device-routes.js'), 'ApproveRoute'),
});

/** For administrators; to others there is nothing here. The server refuses them all the same. */
const adminRoute = createRoute({
  getParentRoute: () => layoutRoute,
  path: '/admin',
  beforeLoad: ({ context: { api } }) => {
    const state = api.session.getState();
    if (state.status === 'signed-in' && state.user.role !== 'admin') notFound({ throw: true });
  },
  component: lazyRouteComponent(() => import('./admin-layout.js'), 'AdminLayout'),
});

const overviewRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./overview-route.js'), 'OverviewRoute'),
});

const usersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users',
  component: lazyRouteComponent(() => import('../features/admin/users-page.js'), 'UsersPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/audit',
  validateSearch: onlyParsed(parseAuditSearch),
  component: lazyRouteComponent(() => import('./audit-route.js'), 'AuditRoute'),
});

const indexersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/indexers',
  component: lazyRouteComponent(() => import('../features/indexers/indexers-page.js'), 'IndexersPage'),
});

const jobsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/jobs',
  component: lazyRouteComponent(() => import('../features/jobs/jobs-page.js'), 'JobsPage'),
});

const storageRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/storage',
  component: lazyRouteComponent(() => import('../features/storage/storage-page.js'), 'StoragePage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings-page.js'), 'SettingsPage'),
});

/** The first run goes on here: what a server can do without, a question a screen. */
const welcomeRoute = createRoute({
  getParentRoute: () => memberRoute,
  path: '/welcome',
  beforeLoad: ({ context: { api } }) => {
    const state = api.session.getState();
    if (state.status === 'signed-in' && state.user.role !== 'admin') redirect({ to: '/', throw: true });
  },
  component: lazyRouteComponent(() => import('./welcome-route.js'), 'WelcomeRoute'),
});

const vpnRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/vpn',
  component: lazyRouteComponent(() => import('../features/vpn/vpn-page.js'), 'VpnPage'),
});

const playRoute = createRoute({
  getParentRoute: () => memberRoute,
  path: '/play',
  validateSearch: onlyParsed(parsePlayRequest),
  component: lazyRouteComponent(() => import('./play-route.js'), 'PlayRoute'),
});

const routeTree = rootRoute.addChildren([
  setUpRoute,
  signInRoute,
  signInDeviceRoute,
  memberRoute.addChildren([
    layoutRoute.addChildren([
      homeRoute,
      searchRoute,
      movieRoute,
      showRoute,
      personRoute,
      discoverRoute,
      listsRoute,
      listRoute,
      accountRoute,
      securityRoute,
      historyRoute,
      traktRoute,
      deviceRoute,
      adminRoute.addChildren([
        overviewRoute,
        usersRoute,
        auditRoute,
        indexersRoute,
        jobsRoute,
        storageRoute,
        settingsRoute,
        vpnRoute,
      ]),
    ]),
    welcomeRoute,
    playRoute,
  ]),
]);

/** The table of contents of the application. */
export function createAppRouter(context: RouterContext) {
  const router = createRouter({
    routeTree,
    context,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    parseSearch,
    stringifySearch,
    defaultPendingComponent: Starting,
    defaultPendingMs: 300,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
  });
  rememberFocus(router);
  return router;
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
