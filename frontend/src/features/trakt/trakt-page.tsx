import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, done, useApi } from '../../api/client.js';
import type { Trakt } from '../../api/types.js';
import { watchingChanged } from '../../api/watching.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import { Meter } from '../../ui/meter.js';
import { formatAgo } from '../../ui/moment.js';
import { PlainPage, Section } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState, Notice } from '../../ui/states.js';
import { CodePanel } from './code-panel.js';
import { trakt } from './trakt.queries.js';
import styles from './trakt-page.module.css';
import { howFar, whatWaits, whatWasDecided } from './trakt-words.js';

/** The user's own link to Trakt: how it stands, what is read, and what waits to be told. */
export function TraktPage() {
  const api = useApi();
  const { data, error, refetch, dataUpdatedAt } = useQuery(trakt(api));
  return (
    <PlainPage title="Trakt">
      {error && !data && (
        <ErrorState title="Trakt could not be looked up" error={error} onRetry={() => void refetch()} />
      )}
      {!error && !data && (
        <div aria-busy="true">
          <p className="visually-hidden" role="status">
            Loading
          </p>
          <Skeleton line="18rem" />
        </div>
      )}
      {data && !data.configured && (
        <EmptyState title="Trakt is not set up on this server">
          An administrator can add the client id and secret of an application at Trakt in the settings.
          Everything else works without.
        </EmptyState>
      )}
      {data?.configured && (!data.linked || data.status === 'reconnect') && <Connect status={data} />}
      {data?.linked && <Linked status={data} now={dataUpdatedAt} />}
    </PlainPage>
  );
}

function Connect({ status }: { status: Trakt }) {
  const api = useApi();
  const queries = useQueryClient();
  const code = useMutation({ mutationFn: () => answer(api.http.trakt.device.$post()) });
  const lead =
    status.status === 'reconnect'
      ? 'Trakt no longer knows this link. What waits is told once you have connected again.'
      : 'What you watch here is told to Trakt, and what Trakt knows is shown here. You can end it at any time.';
  return (
    <Section title={status.linked ? 'Connect again' : 'Connect your account'} lead={lead}>
      {code.data ? (
        <CodePanel
          code={code.data}
          onLinked={() => queries.invalidateQueries({ queryKey: ['trakt'] })}
          onAgain={() => code.mutate()}
        />
      ) : (
        <div className={styles['actions']}>
          <Button look="primary" disabled={code.isPending} onClick={() => code.mutate()}>
            {code.isPending ? 'Asking Trakt' : 'Connect to Trakt'}
          </Button>
        </div>
      )}
      <FormError error={code.error} />
    </Section>
  );
}

function Linked({ status, now }: { status: Trakt; now: number }) {
  const api = useApi();
  const queries = useQueryClient();
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ['trakt'] });
    await watchingChanged(queries);
  };
  const sync = useMutation({ mutationFn: () => done(api.http.trakt.sync.$post()), onSettled: refresh });
  const unlink = useMutation({ mutationFn: () => done(api.http.trakt.$delete()), onSettled: refresh });
  const dismiss = useMutation({
    mutationFn: (id: string) => done(api.http.trakt.waiting[':id'].$delete({ param: { id } })),
    onSettled: refresh,
  });
  const progress = howFar(status);
  const skipped = status.progress?.skipped ?? 0;
  return (
    <>
      {status.trouble !== null && <Notice>{status.trouble}</Notice>}
      <Section title={status.username === null ? 'Connected' : `Connected as ${status.username}`}>
        <p role="status">
          {progress !== ''
            ? progress
            : status.syncedAt === null
              ? 'Nothing was read yet.'
              : `Read ${formatAgo(status.syncedAt, now)}.`}
        </p>
        {status.syncing && status.progress && status.progress.totalItems > 0 && (
          <Meter label="Plays read" value={status.progress.received} max={status.progress.totalItems} />
        )}
        {skipped > 0 && (
          <p className={styles['soft']}>
            {skipped} left out: Trakt names nothing by which they could be found here.
          </p>
        )}
        <div className={styles['actions']}>
          <Button disabled={sync.isPending || status.syncing} onClick={() => sync.mutate()}>
            {status.syncing ? 'Reading' : 'Read now'}
          </Button>
          <Button look="quiet" disabled={unlink.isPending} onClick={() => unlink.mutate()}>
            Disconnect
          </Button>
        </div>
        <p className={styles['soft']}>
          Disconnecting ends the permission at Trakt. What you have watched, rated and put on the watchlist
          stays, here and there. The lists that follow Trakt go, and so does what waits to be told.
        </p>
        <FormError error={sync.error ?? unlink.error} />
      </Section>
      <Section title="Waiting to be told">
        {status.waiting.total === 0 ? (
          <p className={styles['soft']}>Nothing. Trakt knows what you have watched and noted here.</p>
        ) : (
          <ul>
            {status.waiting.items.map((entry) => (
              <li key={entry.id} className={styles['line']}>
                <span>{whatWaits(entry)}</span>
                <span className={styles['soft']}>
                  {entry.state === 'given-up' ? 'Given up. ' : ''}
                  {entry.reason ?? 'Is told in a moment.'}
                </span>
                {entry.state === 'given-up' && (
                  <Button
                    look="quiet"
                    aria-label={`Forget: ${whatWaits(entry)}`}
                    disabled={dismiss.isPending}
                    onClick={() => dismiss.mutate(entry.id)}
                  >
                    Forget
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section
        title="When both know something else"
        lead="The later act counts, wherever it was done. A play that both tell of within half its length is one play. What you remove here is removed at Trakt, and the other way round; a change taken back is taken back there too. The later rating counts. The watchlists follow each other; your other lists at Trakt, and those you like there, are shown as they are there."
      >
        {status.decisions.length > 0 && (
          <ul aria-label="What was decided lately">
            {status.decisions.map((decision) => (
              <li key={`${decision.at} ${whatWasDecided(decision)}`} className={styles['line']}>
                <span>{whatWasDecided(decision)}</span>
                <span className={styles['soft']}>{formatAgo(decision.at, now)}</span>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}
