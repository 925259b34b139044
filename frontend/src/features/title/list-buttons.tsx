import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, ListPlus, Plus } from 'lucide-react';
import { useState } from 'react';
import { answer, done, useApi } from '../../api/client.js';
import { lists, listsChanged } from '../../api/lists.js';
import type { List } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import styles from './list-buttons.module.css';

interface ListButtonsProps {
  mediaId: string;
  /** Own lists that hold the title. */
  listIds: readonly string[];
}

/** Puts a title on the watchlist, or on any other own list. */
export function ListButtons({ mediaId, listIds }: ListButtonsProps) {
  const api = useApi();
  const { data } = useQuery(lists(api));
  const [choosing, setChoosing] = useState(false);
  const put = usePut(mediaId);
  const watchlist = data?.items.find(({ kind }) => kind === 'watchlist');
  if (!data || !watchlist) return null;
  const listed = put.isPending ? put.variables.on : listIds.includes(watchlist.id);
  return (
    <>
      <Button
        look="quiet"
        aria-pressed={listed}
        disabled={put.isPending}
        onClick={() => put.mutate({ list: watchlist, on: !listed })}
      >
        {listed ? <Check aria-hidden /> : <Plus aria-hidden />}
        Watchlist
      </Button>
      <Button look="quiet" icon aria-label="Lists" aria-haspopup="dialog" onClick={() => setChoosing(true)}>
        <ListPlus aria-hidden />
      </Button>
      <FormError error={put.error} />
      <Dialog open={choosing} onClose={() => setChoosing(false)} title="On your lists">
        <Choices
          mediaId={mediaId}
          listIds={listIds}
          known={data.items.filter(({ kind, own }) => own && (kind === 'own' || kind === 'watchlist'))}
        />
      </Dialog>
    </>
  );
}

function usePut(mediaId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ list, on }: { list: List; on: boolean }) => {
      const param = { id: list.id, itemId: mediaId };
      if (on) await answer(api.http.lists[':id'].items[':itemId'].$put({ param, json: {} }));
      else await done(api.http.lists[':id'].items[':itemId'].$delete({ param }));
    },
    onSettled: () => listsChanged(queries, mediaId),
  });
}

function Choices({ mediaId, listIds, known }: ListButtonsProps & { known: readonly List[] }) {
  const api = useApi();
  const queries = useQueryClient();
  const put = usePut(mediaId);
  const make = useMutation({
    mutationFn: async (name: string) => {
      const list = await answer(api.http.lists.$post({ json: { name } }));
      await put.mutateAsync({ list, on: true });
    },
    onSettled: () => listsChanged(queries, mediaId),
  });
  return (
    <div className={styles['choices']}>
      <ul>
        {known.map((list) => (
          <li key={list.id}>
            <label className={styles['choice']}>
              <input
                type="checkbox"
                checked={
                  put.isPending && put.variables.list.id === list.id
                    ? put.variables.on
                    : listIds.includes(list.id)
                }
                disabled={put.isPending}
                onChange={(event) => put.mutate({ list, on: event.currentTarget.checked })}
              />
              <span dir="auto">{list.name}</span>
            </label>
          </li>
        ))}
      </ul>
      <Form
        label="New list"
        onSubmit={(value, form) => make.mutate(value('name').trim(), { onSuccess: () => form.reset() })}
      >
        <TextField label="New list" name="name" required maxLength={100} autoComplete="off" />
        <FormError error={make.error ?? put.error} />
        <FormActions>
          <Button type="submit" disabled={make.isPending}>
            Make it, with this title on it
          </Button>
        </FormActions>
      </Form>
    </div>
  );
}
