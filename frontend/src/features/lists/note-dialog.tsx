import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, useApi } from '../../api/client.js';
import { listsChanged } from '../../api/lists.js';
import type { ListItem } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';

interface NoteDialogProps {
  listId: string;
  item: ListItem;
  onClose: () => void;
}

/** A line of one's own beside a title of a list. */
export function NoteDialog({ listId, item, onClose }: NoteDialogProps) {
  const api = useApi();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (note: string) =>
      answer(
        api.http.lists[':id'].items[':itemId'].$put({
          param: { id: listId, itemId: item.media.id },
          json: { note },
        }),
      ),
    onSuccess: onClose,
    onSettled: () => listsChanged(queries),
  });
  return (
    <Dialog open onClose={onClose} title={item.media.title}>
      <Form label="Note" onSubmit={(value) => save.mutate(value('note').trim())}>
        <TextField label="Note" name="note" defaultValue={item.note} maxLength={2_000} autoComplete="off" />
        <FormError error={save.error} />
        <FormActions>
          <Button type="submit" look="primary" disabled={save.isPending}>
            Keep
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}
