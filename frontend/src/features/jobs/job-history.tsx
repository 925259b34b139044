import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useApi } from '../../api/client.js';
import line from '../../ui/line.module.css';
import { formatMoment } from '../../ui/moment.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { isBad, runWords, triggerWords } from './job-words.js';
import { jobRuns } from './jobs.queries.js';
import styles from './jobs-page.module.css';

/** How a job went, latest first. */
export function JobHistory({ name }: { name: string }) {
  const { data, error, refetch } = useQuery(jobRuns(useApi(), name));
  if (data?.items.length === 0) return <EmptyState title="It has not run yet" />;
  if (data) {
    return (
      <ol>
        {data.items.map((run) => (
          <li key={run.id} className={styles['run']}>
            <p>
              <time dateTime={run.startedAt}>{formatMoment(run.startedAt)}</time>
              <span className={line['facts']}> {triggerWords(run.trigger)}</span>
            </p>
            <p className={clsx(line['facts'], isBad(run.outcome) && styles['bad'])}>
              {[runWords(run), run.message].filter((words) => words !== null).join(': ')}
            </p>
          </li>
        ))}
      </ol>
    );
  }
  if (error) {
    return (
      <ErrorState title="The history could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div aria-busy="true">
      <Skeleton line="14rem" />
    </div>
  );
}
