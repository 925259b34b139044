import { useMutation, useQueryClient } from '@tanstack/react-query';
import { done, useApi } from '../../api/client.js';
import type { StorageItem } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { formatBytes } from '../../ui/format.js';
import { storageKey } from './storage.queries.js';
import styles from './storage-page.module.css';

/** Asks once more, since it would have to be fetched again. */
export function DeleteStored({ item, onDone }: { item: StorageItem; onDone: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => done(api.http.admin.storage[':id'].$delete({ param: { id: item.id } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: storageKey });
      onDone();
    },
  });
  return (
    <div className={styles['ask']}>
      <FormError error={remove.error} />
      <p>
        {formatBytes(Math.max(item.bytes, item.bucketBytes))} of “{item.title}” will be deleted. Whoever
        watches it again fetches it again.
      </p>
      <FormActions>
        <Button
          className={styles['danger']}
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
          autoFocus
        >
          Delete
        </Button>
        <Button look="quiet" onClick={onDone}>
          Keep
        </Button>
      </FormActions>
    </div>
  );
}
