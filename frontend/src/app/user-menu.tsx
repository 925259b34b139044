import { useMutation } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { FileUp, LogOut } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { useApi } from '../api/client.js';
import { useSessionState } from '../api/use-session.js';
import { buttonClass } from '../ui/button.js';
import { OpenTorrent } from './open-torrent.js';
import styles from './user-menu.module.css';

const roles = { admin: 'Administrator', user: 'Member', child: 'Child' } as const;

export function UserMenu() {
  const { session } = useApi();
  const state = useSessionState(session);
  const [opening, setOpening] = useState(false);
  const signOut = useMutation({ mutationFn: () => session.signOut() });
  if (state.status !== 'signed-in') return null;
  const { username, role } = state.user;

  return (
    <>
      {/* Not modal: the modal kind puts a style element into the page, against the content security policy. */}
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          className={clsx(buttonClass({ look: 'quiet', icon: true }), styles['avatar'])}
          aria-label={`Menu of ${username}`}
        >
          {username.slice(0, 1)}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className={styles['menu']} align="end" sideOffset={8} collisionPadding={8}>
            <p className={styles['who']}>
              {username}
              <span className={styles['role']}>{roles[role]}</span>
            </p>
            <DropdownMenu.Item className={styles['item']} onSelect={() => setOpening(true)}>
              <FileUp aria-hidden />
              Open a torrent
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className={styles['item']}
              disabled={signOut.isPending}
              onSelect={() => signOut.mutate()}
            >
              <LogOut aria-hidden />
              Sign out
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {signOut.isError && (
        <p className={styles['failed']} role="alert">
          You are still signed in. {signOut.error.message}
        </p>
      )}
      <OpenTorrent open={opening} onClose={() => setOpening(false)} />
    </>
  );
}
