import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Compass, Search } from 'lucide-react';
import { useEffect } from 'react';
import { useApi } from '../api/client.js';
import { useSessionState } from '../api/use-session.js';
import { SearchField } from '../features/browse/search-field.js';
import { VpnBadge } from '../features/vpn/vpn-badge.js';
import { VpnNotice } from '../features/vpn/vpn-notice.js';
import { Brand } from '../ui/brand.js';
import { buttonClass } from '../ui/button.js';
import { handleArrowKey } from '../ui/spatial-focus.js';
import { useIsOnline } from '../ui/use-is-online.js';
import { useIsScrolled } from '../ui/use-is-scrolled.js';
import styles from './layout.module.css';
import { useRecentSearches } from './recent.js';
import { UserMenu } from './user-menu.js';

/** The header and the page under it. */
export function Layout() {
  const scrolled = useIsScrolled();
  const online = useIsOnline();
  const searching = useRouterState({ select: ({ location }) => location.pathname === '/search' });

  useEffect(() => {
    document.addEventListener('keydown', handleArrowKey);
    return () => document.removeEventListener('keydown', handleArrowKey);
  }, []);

  return (
    <>
      <a href="#content" className={clsx(buttonClass(), styles['skip'])}>
        To the content
      </a>
      <header
        className={clsx(
          styles['header'],
          (scrolled || searching) && styles['scrolled'],
          searching && styles['searching'],
        )}
      >
        <Link to="/" className={styles['brand']} aria-label="Kinora, home">
          <Brand />
        </Link>
        <div className={styles['search']}>
          <HeaderSearch searching={searching} />
        </div>
        <div className={styles['tools']}>
          <Link
            to="/search"
            className={clsx(buttonClass({ look: 'quiet', icon: true }), styles['searchLink'])}
            aria-label="Search"
          >
            <Search aria-hidden />
          </Link>
          <HeaderVpn />
          <Link to="/discover" className={buttonClass({ look: 'quiet', icon: true })} aria-label="Discover">
            <Compass aria-hidden />
          </Link>
          <UserMenu />
        </div>
      </header>
      <main id="content" tabIndex={-1} className={styles['main']}>
        <Outlet />
      </main>
      <AdminNotice />
      <div role="status">{!online && <p className={styles['bar']}>This device is offline.</p>}</div>
    </>
  );
}

function useIsAdministrator(): boolean {
  const { session } = useApi();
  const state = useSessionState(session);
  return state.status === 'signed-in' && state.user.role === 'admin';
}

function HeaderVpn() {
  const isAdministrator = useIsAdministrator();
  if (!isAdministrator) return <VpnBadge />;
  return (
    <VpnBadge
      link={({ className, label, children }) => (
        <Link to="/admin/vpn" className={className} aria-label={label} title={label}>
          {children}
        </Link>
      )}
    />
  );
}

/** Administrators hear of it wherever they are, except on the page that shows it. */
function AdminNotice() {
  const isAdministrator = useIsAdministrator();
  const isThere = useRouterState({ select: ({ location }) => location.pathname === '/admin/vpn' });
  if (!isAdministrator || isThere) return null;
  return (
    <VpnNotice
      details={
        <Link to="/admin/vpn" className={buttonClass({ look: 'quiet' })}>
          Details
        </Link>
      }
    />
  );
}

function HeaderSearch({ searching }: { searching: boolean }) {
  const navigate = useNavigate();
  const recent = useRecentSearches();
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const text = useRouterState({ select: ({ location }) => (searching ? (location.search.q ?? '') : '') });
  const show = (q: string) => {
    if (q === '' && !searching) return;
    // One entry in the history for the whole search, however many letters.
    void navigate({ to: '/search', search: q === '' ? {} : { q }, replace: searching });
  };
  return (
    <SearchField
      text={text}
      wanted={searching && text === ''}
      elsewhere={searching ? null : pathname}
      onSearch={show}
      onCommit={(q) => {
        recent.add(q);
        show(q);
      }}
    />
  );
}
