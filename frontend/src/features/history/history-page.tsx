import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { History } from 'lucide-react';
import { useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import type { HistoryItem } from '../../api/types.js';
import { watchingChanged } from '../../api/watching.js';
import { Button, buttonClass } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import { PlainPage, Section } from '../../ui/plain-page.js';
import { ShowMore } from '../../ui/show-more.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { byDay, isDateUnknown } from './by-day.js';
import { history } from './history.queries.js';
import styles from './history-page.module.css';

/** What was watched to its end, by day; a line can be removed, and that taken back. */
export function HistoryPage() {
  const api = useApi();
  const queries = useQueryClient();
  const query = useInfiniteQuery(history(api));
  const { data, error, isPending, refetch, dataUpdatedAt } = query;
  const [removed, setRemoved] = useState<{ title: string; changeId: string } | null>(null);
  const remove = useMutation({
    mutationFn: (item: HistoryItem) => answer(api.http.history[':id'].$delete({ param: { id: item.id } })),
    onSuccess: ({ changeId }, { title }) => {
      setRemoved({ title, changeId });
      return watchingChanged(queries);
    },
  });
  const undo = useMutation({
    mutationFn: (changeId: string) => answer(api.http.history.undo.$post({ json: { changeId } })),
    onSuccess: () => {
      setRemoved(null);
      return watchingChanged(queries);
    },
  });
  const items = data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <PlainPage title="History">
      <div role="status">
        {removed && (
          <p className={styles['notice']}>
            <span>{removed.title} is out of your history.</span>
            <Button look="quiet" disabled={undo.isPending} onClick={() => undo.mutate(removed.changeId)}>
              Undo
            </Button>
          </p>
        )}
      </div>
      <FormError error={remove.error ?? undo.error} />
      {isPending && <HistorySkeleton />}
      {error && !data && (
        <ErrorState title="Your history could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data && items.length === 0 && (
        <EmptyState
          icon={<History aria-hidden />}
          title="Nothing watched yet"
          actions={
            <Link to="/" className={buttonClass({ look: 'primary' })}>
              Find something
            </Link>
          }
        >
          What you watch to its end, or mark as watched, is listed here by day.
        </EmptyState>
      )}
      {byDay(items, dataUpdatedAt).map(({ title, items: lines }) => (
        <Section key={title} title={title}>
          <ul>
            {lines.map((item) => (
              <HistoryLine
                key={item.id}
                item={item}
                disabled={remove.isPending}
                onRemove={() => remove.mutate(item)}
              />
            ))}
          </ul>
        </Section>
      ))}
      <ShowMore {...query} />
    </PlainPage>
  );
}

const origins = { player: '', manual: 'marked', trakt: 'from Trakt' } as const;

function HistoryLine({
  item,
  disabled,
  onRemove,
}: {
  item: HistoryItem;
  disabled: boolean;
  onRemove: () => void;
}) {
  const time = isDateUnknown(item.watchedAt)
    ? ''
    : new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }).format(new Date(item.watchedAt));
  const place =
    item.season === null ? '' : `S${item.season} E${item.episode ?? ''} ${item.episodeTitle ?? ''}`;
  const facts = [place.trim(), time, origins[item.origin]].filter((part) => part !== '').join(' · ');
  return (
    <li className={styles['line']} data-testid="history-line">
      <div>
        <Link
          to={item.type === 'show' ? '/shows/$id' : '/movies/$id'}
          params={{ id: item.mediaId }}
          className={styles['name']}
          dir="auto"
        >
          {item.title}
        </Link>
        <p className={styles['facts']}>{facts}</p>
      </div>
      <Button
        look="quiet"
        disabled={disabled}
        aria-label={`Remove ${item.title}, ${time === '' ? 'date unknown' : time}`}
        onClick={onRemove}
      >
        Remove
      </Button>
    </li>
  );
}

function HistorySkeleton() {
  return (
    <div aria-busy="true">
      <p className="visually-hidden" role="status">
        Loading
      </p>
      {[0, 1, 2].map((line) => (
        <div key={line} className={styles['line']}>
          <Skeleton line="14rem" />
        </div>
      ))}
    </div>
  );
}
