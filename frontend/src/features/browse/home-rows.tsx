import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Rows3 } from 'lucide-react';
import { useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import type { HomeRow } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError } from '../../ui/form-error.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState } from '../../ui/states.js';
import { homeRows } from './browse.queries.js';
import styles from './home-rows.module.css';

/** Chooses and orders the rows of the home page. */
export function HomeRowsButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Rows3 aria-hidden />
        Choose rows
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Rows of your home page" shape="sheet">
        <Rows />
      </Dialog>
    </>
  );
}

function Rows() {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery(homeRows(api));
  const save = useMutation({
    mutationFn: (rows: HomeRow[]) =>
      answer(api.http.home.rows.$put({ json: { rows: rows.map(({ id, shown }) => ({ id, shown })) } })),
    onSuccess: (saved) => queries.setQueryData(homeRows(api).queryKey, saved),
    onSettled: () => queries.invalidateQueries({ queryKey: ['home'], exact: true }),
  });
  if (isPending) return <Skeleton line="12rem" />;
  if (error) {
    return <ErrorState title="The rows could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  const rows = save.isPending ? save.variables : data.rows;
  return (
    <>
      <FormError error={save.error} />
      <ol>
        {rows.map((row, index) => (
          <li key={row.id} className={styles['row']}>
            <label className={styles['name']}>
              <input
                type="checkbox"
                checked={row.shown}
                disabled={save.isPending}
                onChange={(event) =>
                  save.mutate(rows.with(index, { ...row, shown: event.currentTarget.checked }))
                }
              />
              <span dir="auto">{row.title}</span>
            </label>
            <Button
              look="quiet"
              icon
              aria-label={`Move ${row.title} up`}
              disabled={save.isPending || index === 0}
              onClick={() => save.mutate(swapped(rows, index - 1))}
            >
              <ArrowUp aria-hidden />
            </Button>
            <Button
              look="quiet"
              icon
              aria-label={`Move ${row.title} down`}
              disabled={save.isPending || index === rows.length - 1}
              onClick={() => save.mutate(swapped(rows, index))}
            >
              <ArrowDown aria-hidden />
            </Button>
          </li>
        ))}
      </ol>
    </>
  );
}

/** The row at `index` after the one that followed it. */
function swapped(rows: HomeRow[], index: number): HomeRow[] {
  return [...rows.slice(0, index), ...rows.slice(index, index + 2).reverse(), ...rows.slice(index + 2)];
}
