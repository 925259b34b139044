import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { done, useApi } from '../../api/client.js';
import type { ManagedUser, SignInSession } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import line from '../../ui/line.module.css';
import { formatAgo } from '../../ui/moment.js';
import { ErrorState } from '../../ui/states.js';
import { userSessions } from './admin.queries.js';

/** Where somebody is signed in, and signing them out there. */
export function UserSessions({ user }: { user: ManagedUser }) {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error, refetch, dataUpdatedAt } = useQuery(userSessions(api, user.id));
  const end = useMutation({
    mutationFn: (session: SignInSession | null) =>
      done(
        session === null
          ? api.http.users[':id'].sessions.$delete({ param: { id: user.id } })
          : api.http.users[':id'].sessions[':sessionId'].$delete({
              param: { id: user.id, sessionId: session.id },
            }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['users', user.id, 'sessions'] }),
  });
  if (error)
    return <ErrorState title="Could not load the devices" error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  const others = data.items.filter(({ current }) => !current);
  return (
    <section aria-label="Signed-in devices">
      <h3>Signed-in devices</h3>
      <FormError error={end.error} />
      {data.items.length === 0 && <p>Not signed in anywhere.</p>}
      <ul>
        {data.items.map((session) => (
          <li key={session.id} className={line['line']} data-testid="user-session">
            <div className={line['what']}>
              <p className={line['name']}>{session.device}</p>
              <p className={line['facts']}>
                {session.address}, last used {formatAgo(session.lastUsedAt, dataUpdatedAt)}
              </p>
            </div>
            {!session.current && (
              <Button
                disabled={end.isPending}
                aria-label={`Sign out ${session.device}, ${session.address}`}
                onClick={() => end.mutate(session)}
              >
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <Button disabled={end.isPending} onClick={() => end.mutate(null)}>
          Sign out everywhere
        </Button>
      )}
    </section>
  );
}
