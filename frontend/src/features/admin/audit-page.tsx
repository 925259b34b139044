import { useMutation, useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Download, ShieldCheck } from 'lucide-react';
import { answer, useApi } from '../../api/client.js';
import { readProblem } from '../../api/problem.js';
import type { AuditEvent } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import { formatCount } from '../../ui/format.js';
import { formatMoment } from '../../ui/moment.js';
import { PlainPage } from '../../ui/plain-page.js';
import { saveFile } from '../../ui/save-file.js';
import { SelectField } from '../../ui/select-field.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { type AuditView, audit, auditPageSize } from './admin.queries.js';
import styles from './audit-page.module.css';
import { auditAreas, auditSubject, auditWords } from './audit-words.js';

const outcomes = [
  ['', 'All'],
  ['ok', 'Done'],
  ['denied', 'Refused'],
  ['failed', 'Failed'],
] as const;

interface AuditPageProps {
  view: AuditView;
  onView: (view: AuditView) => void;
}

/** Who did what, latest first. */
export function AuditPage({ view, onView }: AuditPageProps) {
  const api = useApi();
  const { data, error, refetch, isPlaceholderData } = useQuery(audit(api, view));
  const { page = 1 } = view;
  const pages = Math.max(1, Math.ceil((data?.total ?? 0) / auditPageSize));
  return (
    <PlainPage title="Audit log" wide action={<Verify />}>
      <div className={styles['filters']}>
        <SelectField
          label="What"
          value={view.action ?? ''}
          options={auditAreas}
          onChange={({ target }) => onView(withoutEmpty({ ...view, action: target.value, page: 1 }))}
        />
        <SelectField
          label="Outcome"
          value={view.outcome ?? ''}
          options={outcomes}
          onChange={({ target }) =>
            onView(
              withoutEmpty({
                ...view,
                outcome: outcomes.find(([value]) => value === target.value)?.[0],
                page: 1,
              }),
            )
          }
        />
        <Export view={view} />
      </div>
      {data && data.items.length === 0 && (
        <EmptyState title="Nothing of the kind">No entry fits these filters.</EmptyState>
      )}
      {data && data.items.length > 0 && (
        <>
          <table className={clsx(styles['table'], isPlaceholderData && styles['old'])} aria-label="Audit log">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((event) => (
                <EventRow key={event.id} event={event} />
              ))}
            </tbody>
          </table>
          <nav className={styles['pages']} aria-label="Pages">
            <Button disabled={page <= 1} onClick={() => onView(withoutEmpty({ ...view, page: page - 1 }))}>
              Newer
            </Button>
            <p>
              Page {page} of {pages}, {formatCount(data.total, 'entry', 'entries')}
            </p>
            <Button
              disabled={page >= pages}
              onClick={() => onView(withoutEmpty({ ...view, page: page + 1 }))}
            >
              Older
            </Button>
          </nav>
        </>
      )}
      {!data && error && (
        <ErrorState title="The log could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <div aria-busy="true" className={styles['waiting']}>
          {Array.from({ length: 8 }, (_, row) => (
            <Skeleton key={row} line="100%" />
          ))}
        </div>
      )}
    </PlainPage>
  );
}

function EventRow({ event }: { event: AuditEvent }) {
  const subject = auditSubject(event);
  return (
    <tr>
      <td className={styles['when']}>
        <time dateTime={event.at}>{formatMoment(event.at)}</time>
      </td>
      <td className={styles['who']}>{event.actorName ?? 'Nobody known'}</td>
      <td className={styles['what']}>
        <span className={clsx(event.outcome !== 'ok' && styles['bad'])}>{auditWords(event)}</span>
        {subject !== '' && <span className={styles['subject']}>{subject}</span>}
      </td>
      <td className={styles['from']}>{event.address ?? 'This server'}</td>
    </tr>
  );
}

/** Whether somebody changed the log behind the server's back. */
function Verify() {
  const api = useApi();
  const verify = useMutation({ mutationFn: () => answer(api.http.admin.audit.verify.$get()) });
  return (
    <div className={styles['verify']}>
      <p role="status" className={clsx(verify.data && !verify.data.intact && styles['bad'])}>
        {verify.data && verdictWords(verify.data)}
        {verify.error?.message}
      </p>
      <Button disabled={verify.isPending} onClick={() => verify.mutate()}>
        <ShieldCheck aria-hidden />
        Verify
      </Button>
    </div>
  );
}

function verdictWords({
  intact,
  checked,
  position,
}: {
  intact: boolean;
  checked: number;
  position: number | null;
}) {
  return intact
    ? `${formatCount(checked, 'entry', 'entries')}, none changed or removed`
    : `Tampered with at entry ${position ?? '?'}`;
}

/** The file is fetched with the session's token, which a plain link would not carry. */
function Export({ view: { page: _, ...filter } }: { view: AuditView }) {
  const api = useApi();
  const download = useMutation({
    mutationFn: async (format: 'jsonl' | 'csv') => {
      const query = new URLSearchParams({ ...filter, format });
      const response = await api.session.fetch(api.url(`/admin/audit/export?${query}`));
      if (!response.ok) throw await readProblem(response);
      saveFile(await response.blob(), `kinora-audit.${format}`);
    },
  });
  return (
    <div className={styles['export']}>
      {(['csv', 'jsonl'] as const).map((format) => (
        <Button key={format} disabled={download.isPending} onClick={() => download.mutate(format)}>
          <Download aria-hidden />
          {format === 'csv' ? 'CSV' : 'JSON lines'}
        </Button>
      ))}
      <FormError error={download.error} />
    </div>
  );
}

/** The address says only what differs from the plain list. */
function withoutEmpty({
  action,
  outcome,
  page,
}: { [K in keyof AuditView]: AuditView[K] | '' | undefined }): AuditView {
  return {
    ...(action !== undefined && action !== '' && { action }),
    ...(outcome !== undefined && outcome !== '' && { outcome }),
    ...(typeof page === 'number' && page > 1 && { page }),
  };
}
