import { useMutation, useQueryClient } from '@tanstack/react-query';
import { done, useApi } from '../../api/client.js';
import type { StorageItem } from '../../api/types.js';
import { DeleteQuestion } from '../../ui/delete-question.js';
import { formatBytes } from '../../ui/format.js';
import { storageKey } from './storage.queries.js';

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
    <DeleteQuestion label="Delete" remove={remove} onKeep={onDone}>
      {formatBytes(Math.max(item.bytes, item.bucketBytes))} of “{item.title}” will be deleted. Whoever watches
      it again fetches it again.
    </DeleteQuestion>
  );
}
