import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import { lists, listsChanged } from '../../api/lists.js';
import type { List } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { PlainPage } from '../../ui/plain-page.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState } from '../../ui/states.js';
import { listFacts } from './list-words.js';
import styles from './lists.module.css';

/** The watchlist, own lists, lists followed elsewhere, and what others in the household share. */
export function ListsPage() {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery(lists(api));
  const [making, setMaking] = useState(false);
  return (
    <PlainPage title="Lists" action={<Button onClick={() => setMaking(true)}>New list</Button>}>
      {isPending && <Skeleton line="14rem" />}
      {error && (
        <ErrorState title="The lists could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data && (
        <ul>
          {data.items.map((one) => (
            <Line key={one.id} list={one} />
          ))}
        </ul>
      )}
      <Dialog open={making} onClose={() => setMaking(false)} title="New list">
        <NewList onMade={() => setMaking(false)} />
      </Dialog>
    </PlainPage>
  );
}

function Line({ list }: { list: List }) {
  return (
    <li className={styles['line']}>
      <Link
        to="/lists/$id"
        params={{ id: list.id }}
        className={styles['name']}
        dir="auto"
        data-focus-place={`list:${list.id}`}
      >
        {list.name}
      </Link>
      <p className={styles['facts']}>{listFacts(list)}</p>
      {list.description !== '' && (
        <p className={styles['description']} dir="auto">
          {list.description}
        </p>
      )}
    </li>
  );
}

function NewList({ onMade }: { onMade: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: (wanted: { name: string } | { tmdbList: string }) =>
      answer(api.http.lists.$post({ json: wanted })),
    onSuccess: onMade,
    onSettled: () => listsChanged(queries),
  });
  return (
    <div className={styles['forms']}>
      <Form label="New list" onSubmit={(value) => make.mutate({ name: value('name').trim() })}>
        <TextField label="Name" name="name" required maxLength={100} autoComplete="off" />
        <FormActions>
          <Button type="submit" look="primary" disabled={make.isPending}>
            Make the list
          </Button>
        </FormActions>
      </Form>
      <Form
        label="Follow a list of TMDB"
        onSubmit={(value) => make.mutate({ tmdbList: value('tmdbList').trim() })}
      >
        <TextField
          label="Or follow a public list of TMDB"
          hint="Its number or its address. It is kept in step with the one there."
          name="tmdbList"
          required
          maxLength={300}
          autoComplete="off"
        />
        <FormActions>
          <Button type="submit" disabled={make.isPending}>
            Follow
          </Button>
        </FormActions>
      </Form>
      <FormError error={make.error} />
    </div>
  );
}
