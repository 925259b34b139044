import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, done, useApi } from '../../api/client.js';
import { listsChanged } from '../../api/lists.js';
import type { List } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Form } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import styles from './lists.module.css';

interface EditListProps {
  list: List;
  onDeleted: () => void;
}

/** Renames, describes, shares or deletes an own list; brings one that follows another into step. */
export function EditList({ list, onDeleted }: EditListProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Edit
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={list.name}>
        {list.kind === 'tmdb' && <SyncNow list={list} />}
        <Fields list={list} onSaved={() => setOpen(false)} />
        {list.kind !== 'watchlist' && list.kind !== 'trakt' && <Deletion list={list} onDeleted={onDeleted} />}
      </Dialog>
    </>
  );
}

function Fields({ list, onSaved }: { list: List; onSaved: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (changes: { name?: string; description?: string; shared: boolean }) =>
      answer(api.http.lists[':id'].$patch({ param: { id: list.id }, json: changes })),
    onSuccess: onSaved,
    onSettled: () => listsChanged(queries),
  });
  const isNamed = list.kind !== 'watchlist' && list.kind !== 'trakt';
  const isDescribed = list.kind !== 'trakt';
  return (
    <Form
      label="List"
      onSubmit={(value) =>
        save.mutate({
          ...(isNamed && { name: value('name').trim() }),
          ...(isDescribed && { description: value('description').trim() }),
          shared: value('shared') === 'on',
        })
      }
    >
      {isNamed && (
        <TextField
          label="Name"
          name="name"
          defaultValue={list.name}
          required
          maxLength={100}
          autoComplete="off"
        />
      )}
      {isDescribed ? (
        <TextField
          label="Description"
          name="description"
          defaultValue={list.description}
          maxLength={2_000}
          autoComplete="off"
        />
      ) : (
        <p>This list follows Trakt. Its name, description and titles are changed there.</p>
      )}
      <label className={styles['check']}>
        <input type="checkbox" name="shared" defaultChecked={list.shared} />
        Everyone in the household sees it
      </label>
      <FormError error={save.error} />
      <Button type="submit" look="primary" disabled={save.isPending}>
        Save
      </Button>
    </Form>
  );
}

function SyncNow({ list }: { list: List }) {
  const api = useApi();
  const queries = useQueryClient();
  const sync = useMutation({
    mutationFn: () => answer(api.http.lists[':id'].sync.$post({ param: { id: list.id } })),
    onSettled: () => listsChanged(queries),
  });
  return (
    <div className={styles['part']}>
      <Button disabled={sync.isPending} onClick={() => sync.mutate()}>
        {sync.isPending ? 'Looking' : 'Bring into step now'}
      </Button>
      <FormError error={sync.error} />
    </div>
  );
}

/** Asked once more in the same place: a list is quickly deleted and slowly made. */
function Deletion({ list, onDeleted }: EditListProps) {
  const api = useApi();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: () => done(api.http.lists[':id'].$delete({ param: { id: list.id } })),
    onSuccess: () => {
      onDeleted();
      queries.removeQueries({ queryKey: ['lists', list.id] });
      return listsChanged(queries);
    },
  });
  return (
    <div className={styles['part']}>
      {asked ? (
        <Button disabled={remove.isPending} onClick={() => remove.mutate()}>
          Really delete “{list.name}”
        </Button>
      ) : (
        <Button look="quiet" onClick={() => setAsked(true)}>
          Delete the list
        </Button>
      )}
      <FormError error={remove.error} />
    </div>
  );
}
