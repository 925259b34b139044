import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { CalendarClock, History, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import type { Job } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError } from '../../ui/form-error.js';
import line from '../../ui/line.module.css';
import { PlainPage } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { JobHistory } from './job-history.js';
import { isBad, jobTitle, lastWords, nextWords, planWords } from './job-words.js';
import { jobs, jobsKey } from './jobs.queries.js';
import styles from './jobs-page.module.css';

/** What the server does by itself: when next, how it went last; for administrators. */
export function JobsPage() {
  const { data, error, refetch, dataUpdatedAt } = useQuery(jobs(useApi()));
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <PlainPage title="Jobs">
      <p className={styles['lead']}>
        What the server does by itself. A paused job waits until it is resumed; it can still be run by hand.
      </p>
      {data && data.items.length > 0 && (
        <ul>
          {data.items.map((job) => (
            <JobRow key={job.name} job={job} now={dataUpdatedAt} onHistory={() => setOpened(job.name)} />
          ))}
        </ul>
      )}
      {data?.items.length === 0 && (
        <EmptyState icon={<CalendarClock aria-hidden />} title="No jobs">
          This server does nothing by itself.
        </EmptyState>
      )}
      {!data && error && (
        <ErrorState title="The jobs could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <ul aria-busy="true">
          {[0, 1, 2, 3].map((row) => (
            <li key={row} className={clsx(line['line'], styles['row'])}>
              <Skeleton line="14rem" />
            </li>
          ))}
        </ul>
      )}
      <Dialog
        open={opened !== null}
        onClose={() => setOpened(null)}
        title={opened === null ? '' : `History of ${jobTitle(opened)}`}
      >
        {opened !== null && <JobHistory name={opened} />}
      </Dialog>
    </PlainPage>
  );
}

interface JobRowProps {
  job: Job;
  /** When the list was loaded, milliseconds since 1970. */
  now: number;
  onHistory: () => void;
}

function JobRow({ job, now, onHistory }: JobRowProps) {
  const api = useApi();
  const queries = useQueryClient();
  const { name, running, paused } = job;
  const title = jobTitle(name);
  // Also after a refusal: somebody else may have started it meanwhile.
  const onSettled = () => queries.invalidateQueries({ queryKey: jobsKey });
  const run = useMutation({
    mutationFn: () => answer(api.http.admin.jobs[':name'].run.$post({ param: { name } })),
    onSettled,
  });
  const pause = useMutation({
    mutationFn: () =>
      answer(api.http.admin.jobs[':name'].$patch({ param: { name }, json: { paused: !paused } })),
    onSettled,
  });
  return (
    <li className={clsx(line['line'], styles['row'])} data-testid="job" data-job={name}>
      <div className={line['what']}>
        <h2 className={line['name']}>{title}</h2>
        <p className={line['facts']}>{job.description}</p>
        <p className={line['facts']}>
          <span className={clsx(running && styles['running'], paused && styles['paused'])} role="status">
            {nextWords(job, now)}
          </span>
          {`, ${planWords(job.schedule)}`}
        </p>
        <p className={clsx(line['facts'], isBad(job.lastOutcome) && styles['bad'])}>{lastWords(job, now)}</p>
        <FormError error={run.error ?? pause.error} />
      </div>
      <div className={line['actions']}>
        <Button
          aria-label={`${running ? 'Running' : 'Run now'}: ${title}`}
          disabled={running || run.isPending}
          onClick={() => run.mutate()}
        >
          {running ? 'Running' : 'Run now'}
        </Button>
        <Button
          look="quiet"
          icon
          aria-label={paused ? `Resume ${title}` : `Pause ${title}`}
          title={paused ? 'Resume' : 'Pause'}
          disabled={pause.isPending}
          onClick={() => pause.mutate()}
        >
          {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
        </Button>
        <Button
          look="quiet"
          icon
          aria-haspopup="dialog"
          aria-label={`History of ${title}`}
          title="History"
          onClick={onHistory}
        >
          <History aria-hidden />
        </Button>
      </div>
    </li>
  );
}
