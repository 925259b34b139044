import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { HardDrive, Pin, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import type { StorageItem, StoredOverview } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError } from '../../ui/form-error.js';
import { formatBytes } from '../../ui/format.js';
import line from '../../ui/line.module.css';
import { Meter } from '../../ui/meter.js';
import { PlainPage } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { DeleteStored } from './delete-stored.js';
import { storage, storageKey } from './storage.queries.js';
import styles from './storage-page.module.css';
import { bucketWords, budgetWords, itemFacts } from './storage-words.js';

/** What lies on the disk, for whom, and what goes next; for administrators. */
export function StoragePage() {
  const api = useApi();
  const { data, error, refetch, dataUpdatedAt } = useQuery(storage(api));
  const [deleting, setDeleting] = useState<StorageItem | null>(null);
  return (
    <PlainPage title="Storage">
      {data && <Budget overview={data} />}
      {data && data.items.length > 0 && (
        <ul>
          {data.items.map((item) => (
            <StoredRow key={item.id} item={item} now={dataUpdatedAt} onDelete={() => setDeleting(item)} />
          ))}
        </ul>
      )}
      {data?.items.length === 0 && (
        <EmptyState icon={<HardDrive aria-hidden />} title="Nothing is stored yet">
          What somebody watches is kept here, so that it starts at once the next time.
        </EmptyState>
      )}
      {!data && error && (
        <ErrorState title="Storage could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {!data && !error && (
        <ul aria-busy="true">
          {[0, 1, 2].map((row) => (
            <li key={row} className={line['line']}>
              <Skeleton line="14rem" />
            </li>
          ))}
        </ul>
      )}
      <Dialog open={deleting !== null} onClose={() => setDeleting(null)} title="Delete from storage">
        {deleting && <DeleteStored item={deleting} onDone={() => setDeleting(null)} />}
      </Dialog>
    </PlainPage>
  );
}

function Budget({ overview }: { overview: StoredOverview }) {
  const { totalBytes, limitBytes } = overview;
  return (
    <div className={styles['budget']}>
      <Meter value={totalBytes} max={limitBytes} label="Storage used" />
      <p className={line['facts']}>{budgetWords(overview)}</p>
      {overview.bucket && <p className={line['facts']}>{bucketWords(overview.bucket)}</p>}
      {overview.items.length > 0 && (
        <p className={line['facts']}>
          When room is needed the least recently watched goes first, in the end also what nobody is watching
          of what plays. What is pinned stays.
        </p>
      )}
    </div>
  );
}

interface StoredRowProps {
  item: StorageItem;
  /** Milliseconds since 1970. */
  now: number;
  onDelete: () => void;
}

function StoredRow({ item, now, onDelete }: StoredRowProps) {
  const api = useApi();
  const queries = useQueryClient();
  const { id, title, mediaId, pinned, playing, nextToGo, infoHash } = item;
  const pin = useMutation({
    mutationFn: () =>
      answer(api.http.admin.storage[':id'].$patch({ param: { id }, json: { pinned: !pinned } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: storageKey }),
  });
  return (
    <li className={line['line']} data-testid="stored">
      <div className={line['what']}>
        <p className={line['name']}>
          {mediaId === null ? (
            title
          ) : (
            <Link to="/movies/$id" params={{ id: mediaId }}>
              {title}
            </Link>
          )}
        </p>
        <p className={line['facts']}>
          {playing && <span className={styles['playing']}>Playing now</span>}
          {nextToGo && <span className={styles['next']}>Goes next</span>}
          {itemFacts(item, now)}
        </p>
        <FormError error={pin.error} />
      </div>
      <div className={clsx(line['actions'], styles['actions'])}>
        {infoHash !== null && (
          <Button
            look="quiet"
            icon
            aria-pressed={pinned}
            aria-label={`Pin ${title}`}
            title={pinned ? 'Pinned: stays' : 'Pin'}
            disabled={pin.isPending}
            onClick={() => pin.mutate()}
          >
            <Pin aria-hidden fill={pinned ? 'currentColor' : 'none'} />
          </Button>
        )}
        <Button
          look="quiet"
          icon
          aria-haspopup="dialog"
          aria-label={`Delete ${title}, ${formatBytes(Math.max(item.bytes, item.bucketBytes))}`}
          title={playing ? 'Somebody is watching' : 'Delete'}
          disabled={playing}
          onClick={onDelete}
        >
          <Trash2 aria-hidden />
        </Button>
      </div>
    </li>
  );
}
