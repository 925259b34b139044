import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeftRight, CircleUser, FileUp, History, ListVideo, LogOut, Settings, Tv } from 'lucide-react';
import { type ReactNode, useId, useRef, useState } from 'react';
import { useApi } from '../api/client.js';
import { useSessionState } from '../api/use-session.js';
import { Button } from '../ui/button.js';
import { OpenTorrent } from './open-torrent.js';
import styles from './user-menu.module.css';

const roles = { admin: 'Administrator', user: 'Member', child: 'Child' } as const;

/** Who is signed in, and what is not about one film. A popover of the browser: Escape and a click elsewhere close it. */
export function UserMenu() {
  const { session } = useApi();
  const state = useSessionState(session);
  const menuId = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [opening, setOpening] = useState(false);
  const signOut = useMutation({ mutationFn: () => session.signOut() });
  if (state.status !== 'signed-in') return null;
  const { username, role } = state.user;

  return (
    <>
      <Button
        look="quiet"
        icon
        className={styles['avatar']}
        aria-label={`Menu of ${username}`}
        popoverTarget={menuId}
      >
        {username.slice(0, 1)}
      </Button>
      <div ref={menu} id={menuId} popover="auto" className={styles['menu']}>
        <p className={styles['who']}>
          {username}
          <span className={styles['role']}>{roles[role]}</span>
        </p>
        <MenuLink
          to="/account"
          icon={<CircleUser aria-hidden />}
          onFollow={() => menu.current?.hidePopover()}
        >
          Your account
        </MenuLink>
        <MenuLink to="/lists" icon={<ListVideo aria-hidden />} onFollow={() => menu.current?.hidePopover()}>
          Lists
        </MenuLink>
        <MenuLink to="/history" icon={<History aria-hidden />} onFollow={() => menu.current?.hidePopover()}>
          History
        </MenuLink>
        <MenuLink
          to="/trakt"
          icon={<ArrowLeftRight aria-hidden />}
          onFollow={() => menu.current?.hidePopover()}
        >
          Trakt
        </MenuLink>
        <MenuLink to="/device" icon={<Tv aria-hidden />} onFollow={() => menu.current?.hidePopover()}>
          Sign in a device
        </MenuLink>
        {role === 'admin' && (
          <MenuLink to="/admin" icon={<Settings aria-hidden />} onFollow={() => menu.current?.hidePopover()}>
            Administration
          </MenuLink>
        )}
        {role !== 'child' && (
          <button
            type="button"
            className={styles['item']}
            onClick={() => {
              menu.current?.hidePopover();
              setOpening(true);
            }}
          >
            <FileUp aria-hidden />
            Open a torrent
          </button>
        )}
        <button
          type="button"
          className={styles['item']}
          disabled={signOut.isPending}
          onClick={() => {
            menu.current?.hidePopover();
            signOut.mutate();
          }}
        >
          <LogOut aria-hidden />
          Sign out
        </button>
      </div>
      {signOut.isError && (
        <p className={styles['failed']} role="alert">
          You are still signed in. {signOut.error.message}
        </p>
      )}
      <OpenTorrent open={opening} onClose={() => setOpening(false)} />
    </>
  );
}

interface MenuLinkProps {
  to: '/account' | '/history' | '/trakt' | '/lists' | '/device' | '/admin';
  icon: ReactNode;
  onFollow: () => void;
  children: ReactNode;
}

function MenuLink({ to, icon, onFollow, children }: MenuLinkProps) {
  return (
    <Link to={to} className={styles['item']} onClick={onFollow}>
      {icon}
      {children}
    </Link>
  );
}
