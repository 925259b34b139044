import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../api/client.js';
import type { ManagedUser } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import line from '../../ui/line.module.css';
import { formatDate } from '../../ui/moment.js';
import { PlainPage } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState } from '../../ui/states.js';
import { users } from './admin.queries.js';
import { UserForm } from './user-form.js';
import { UserSecondFactor } from './user-second-factor.js';
import { UserSessions } from './user-sessions.js';
import styles from './users-page.module.css';

const roles = { admin: 'Administrator', user: 'Member', child: 'Child' } as const;

/** Who may sign in, for administrators. */
export function UsersPage() {
  const api = useApi();
  const { data, error, refetch } = useQuery(users(api));
  const [edited, setEdited] = useState<ManagedUser | 'new' | null>(null);
  const close = () => setEdited(null);
  return (
    <PlainPage
      title="Users"
      action={
        <Button look="primary" onClick={() => setEdited('new')}>
          <Plus aria-hidden />
          New user
        </Button>
      }
    >
      {data && (
        <ul>
          {data.items.map((user) => (
            <UserRow key={user.id} user={user} onEdit={() => setEdited(user)} />
          ))}
        </ul>
      )}
      {!data && error && (
        <ErrorState title="The users could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <ul aria-busy="true">
          {[0, 1, 2].map((row) => (
            <li key={row} className={line['line']}>
              <Skeleton line="10rem" />
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={edited !== null}
        onClose={close}
        title={edited === null || edited === 'new' ? 'New user' : edited.username}
      >
        {edited !== null && <UserForm user={edited === 'new' ? null : edited} onDone={close} />}
        {edited !== null && edited !== 'new' && <UserSessions user={edited} />}
        {edited !== null && edited !== 'new' && edited.hasSecondFactor && (
          <UserSecondFactor user={edited} onDone={close} />
        )}
      </Dialog>
    </PlainPage>
  );
}

function UserRow({ user, onEdit }: { user: ManagedUser; onEdit: () => void }) {
  const facts = [
    user.role === 'child' ? `Child, up to ${user.ageLimit ?? 0} years` : roles[user.role],
    `since ${formatDate(user.createdAt)}`,
    ...(user.hasSecondFactor ? ['second factor'] : []),
  ];
  return (
    <li className={line['line']} data-testid="user">
      <div className={line['what']}>
        <p className={clsx(line['name'], user.disabled && styles['disabled'])}>{user.username}</p>
        <p className={line['facts']}>
          {user.disabled && <span className={styles['warning']}>Disabled</span>}
          {facts.join(', ')}
        </p>
      </div>
      <Button aria-haspopup="dialog" aria-label={`Edit ${user.username}`} onClick={onEdit}>
        Edit
      </Button>
    </li>
  );
}
