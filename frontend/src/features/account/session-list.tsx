import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { done, useApi } from '../../api/client.js';
import type { SignInSession } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import line from '../../ui/line.module.css';
import { formatAgo, formatMoment } from '../../ui/moment.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState } from '../../ui/states.js';
import { sessions } from './account.queries.js';
import styles from './session-list.module.css';

export function SessionList() {
  const api = useApi();
  const { data, error, refetch, dataUpdatedAt } = useQuery(sessions(api));
  if (data) {
    return (
      <ul>
        {data.items.map((session) => (
          <SessionRow key={session.id} session={session} now={dataUpdatedAt} />
        ))}
      </ul>
    );
  }
  if (error)
    return <ErrorState title="The list could not be loaded" error={error} onRetry={() => void refetch()} />;
  return (
    <ul aria-busy="true">
      {[0, 1].map((row) => (
        <li key={row} className={line['line']}>
          <Skeleton line="12rem" />
        </li>
      ))}
    </ul>
  );
}

function SessionRow({ session, now }: { session: SignInSession; now: number }) {
  const api = useApi();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => done(api.http.auth.sessions[':id'].$delete({ param: { id: session.id } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  return (
    <li className={line['line']} data-testid="session">
      <div className={line['what']}>
        <p className={line['name']}>
          {session.device}
          {session.current && <span className={styles['here']}>This device</span>}
        </p>
        <p className={clsx(line['facts'], styles['facts'])}>
          <span>{session.address}</span>
          <time dateTime={session.lastUsedAt} title={formatMoment(session.lastUsedAt)}>
            Last used {formatAgo(session.lastUsedAt, now)}
          </time>
        </p>
        <FormError error={revoke.error} />
      </div>
      {!session.current && (
        <Button
          disabled={revoke.isPending}
          aria-label={`Sign out ${session.device}, ${session.address}`}
          onClick={() => revoke.mutate()}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
