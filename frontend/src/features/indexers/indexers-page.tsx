import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, Plus } from 'lucide-react';
import { useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import type { Indexer } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError } from '../../ui/form-error.js';
import line from '../../ui/line.module.css';
import { PlainPage } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { IndexerForm } from './indexer-form.js';
import { indexerFacts, lastFailure, moved } from './indexer-words.js';
import { indexers } from './indexers.queries.js';
import styles from './indexers-page.module.css';

/** Who is asked for releases, in which order, and how they do. */
export function IndexersPage() {
  const api = useApi();
  const queries = useQueryClient();
  const { data, dataUpdatedAt, error, refetch } = useQuery(indexers(api));
  const [edited, setEdited] = useState<Indexer | 'new' | null>(null);
  const ids = data?.items.map(({ id }) => id) ?? [];
  const order = useMutation({
    mutationFn: (next: string[]) => answer(api.http.admin.indexers.order.$put({ json: { ids: next } })),
    onSuccess: (ordered) => queries.setQueryData(indexers(api).queryKey, ordered),
  });
  const close = () => setEdited(null);
  return (
    <PlainPage
      title="Indexers"
      action={
        <Button look="primary" onClick={() => setEdited('new')}>
          <Plus aria-hidden />
          New indexer
        </Button>
      }
    >
      <p className={styles['lead']}>
        All that are on are asked at the same time. Of two that know a release, the word of the upper one
        counts.
      </p>
      <FormError error={order.error} />
      {data && data.items.length === 0 && (
        <EmptyState title="No indexer">Nobody is asked for releases. Add one.</EmptyState>
      )}
      {data && (
        <ol>
          {data.items.map((indexer, at) => (
            <IndexerRow
              key={indexer.id}
              indexer={indexer}
              now={dataUpdatedAt}
              onEdit={() => setEdited(indexer)}
              onUp={at === 0 ? null : () => order.mutate(moved(ids, indexer.id, -1))}
              onDown={at === ids.length - 1 ? null : () => order.mutate(moved(ids, indexer.id, 1))}
            />
          ))}
        </ol>
      )}
      {!data && error && (
        <ErrorState title="The indexers could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <ul aria-busy="true">
          {[0, 1, 2].map((row) => (
            <li key={row} className={clsx(line['line'], styles['row'])}>
              <Skeleton line="14rem" />
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={edited !== null}
        onClose={close}
        title={edited === null || edited === 'new' ? 'New indexer' : edited.name}
      >
        {edited !== null && data && (
          <IndexerForm indexer={edited === 'new' ? null : edited} kinds={data.kinds} onDone={close} />
        )}
      </Dialog>
    </PlainPage>
  );
}

interface IndexerRowProps {
  indexer: Indexer;
  /** When the list was loaded, milliseconds since 1970. */
  now: number;
  onEdit: () => void;
  onUp: (() => void) | null;
  onDown: (() => void) | null;
}

function IndexerRow({ indexer, now, onEdit, onUp, onDown }: IndexerRowProps) {
  const api = useApi();
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () => answer(api.http.admin.indexers[':id'].test.$post({ param: { id: indexer.id } })),
  });
  const toggle = useMutation({
    mutationFn: () =>
      answer(
        api.http.admin.indexers[':id'].$patch({
          param: { id: indexer.id },
          json: { enabled: !indexer.enabled },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['indexers'] }),
  });
  const failure = lastFailure(indexer, now);
  return (
    <li className={clsx(line['line'], styles['row'])} data-testid="indexer">
      <div className={line['what']}>
        <p className={clsx(line['name'], !indexer.enabled && styles['off'])}>{indexer.name}</p>
        <p className={line['facts']}>{indexerFacts(indexer)}</p>
        {failure !== null && <p className={clsx(line['facts'], styles['failure'])}>{failure}</p>}
        <p className={line['facts']} role="status">
          {test.isPending && 'Trying it'}
          {test.data && `${test.data.message} (${test.data.ms} ms)`}
          {test.error?.message ?? toggle.error?.message}
        </p>
      </div>
      <div className={clsx(line['actions'], styles['actions'])}>
        <Button
          look="quiet"
          icon
          aria-label={`Move ${indexer.name} up`}
          disabled={onUp === null}
          onClick={() => onUp?.()}
        >
          <ArrowUp aria-hidden />
        </Button>
        <Button
          look="quiet"
          icon
          aria-label={`Move ${indexer.name} down`}
          disabled={onDown === null}
          onClick={() => onDown?.()}
        >
          <ArrowDown aria-hidden />
        </Button>
        <Button
          aria-label={indexer.enabled ? `On: switch ${indexer.name} off` : `Off: switch ${indexer.name} on`}
          disabled={toggle.isPending}
          onClick={() => toggle.mutate()}
        >
          {indexer.enabled ? 'On' : 'Off'}
        </Button>
        <Button aria-label={`Test ${indexer.name}`} disabled={test.isPending} onClick={() => test.mutate()}>
          Test
        </Button>
        {indexer.origin === 'added' && (
          <Button aria-haspopup="dialog" aria-label={`Edit ${indexer.name}`} onClick={onEdit}>
            Edit
          </Button>
        )}
      </div>
    </li>
  );
}
