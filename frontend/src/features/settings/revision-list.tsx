import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useState } from 'react';
import { useApi } from '../../api/client.js';
import type { SettingRevision } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import line from '../../ui/line.module.css';
import { formatAgo, formatMoment } from '../../ui/moment.js';
import { Section } from '../../ui/plain-page.js';
import { ErrorState } from '../../ui/states.js';
import { changeWords } from './setting-words.js';
import { mayForce, revisions, revisionsPageSize, useRollBack } from './settings.queries.js';
import styles from './settings-page.module.css';

/** Who changed what, latest first; each can be taken back. */
export function RevisionList() {
  const api = useApi();
  const [page, setPage] = useState(1);
  const { data, error, refetch, dataUpdatedAt } = useQuery(revisions(api, page));
  const pages = Math.ceil((data?.total ?? 0) / revisionsPageSize);
  return (
    <Section
      id="history"
      title="History"
      lead="Every change on this page. Taking one back is a change of its own."
    >
      {!data && error && (
        <ErrorState title="The history could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data?.total === 0 && <p className={styles['soft']}>Nothing has been changed here yet.</p>}
      {data && data.total > 0 && (
        <ol className={styles['history']}>
          {data.items.map((revision) => (
            <RevisionRow key={revision.number} revision={revision} now={dataUpdatedAt} />
          ))}
        </ol>
      )}
      {pages > 1 && (
        <nav aria-label="Pages of the history" className={styles['pages']}>
          <Button disabled={page <= 1} onClick={() => setPage(page - 1)}>
            Newer
          </Button>
          <span>
            {page} of {pages}
          </span>
          <Button disabled={page >= pages} onClick={() => setPage(page + 1)}>
            Older
          </Button>
        </nav>
      )}
    </Section>
  );
}

function RevisionRow({ revision, now }: { revision: SettingRevision; now: number }) {
  const { number, at, authorName, undoes, changes } = revision;
  const rollBack = useRollBack();
  const words = mayForce(rollBack.error) ? 'Take back anyway' : 'Take back';
  return (
    <li className={clsx(line['line'], styles['row'])} data-testid="revision">
      <div className={styles['what']}>
        <p className={line['name']}>
          {undoes === null ? `Change ${number}` : `Change ${number}, takes ${undoes} back`}
        </p>
        <p className={styles['facts']}>
          <span>by {authorName}</span>
          <time dateTime={at} title={formatMoment(at)}>
            {formatAgo(at, now)}
          </time>
        </p>
        <ul className={styles['diff']}>
          {changes.map((change) => (
            <li key={change.name}>{changeWords(change)}</li>
          ))}
        </ul>
        <FormError error={rollBack.error} />
      </div>
      <Button
        aria-label={`${words} change ${number}`}
        disabled={rollBack.isPending}
        onClick={() => rollBack.mutate({ number, force: mayForce(rollBack.error) })}
      >
        {words}
      </Button>
    </li>
  );
}
