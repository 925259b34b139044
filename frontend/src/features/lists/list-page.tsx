import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, ListVideo, StickyNote, X } from 'lucide-react';
import { useState } from 'react';
import { answer, done, useApi } from '../../api/client.js';
import { listsChanged } from '../../api/lists.js';
import type { List, ListItem } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { FormError } from '../../ui/form-error.js';
import { PlainPage } from '../../ui/plain-page.js';
import { PosterCard } from '../../ui/poster-card.js';
import { PosterGrid, PosterGridSkeleton } from '../../ui/poster-grid.js';
import { ShowMore } from '../../ui/show-more.js';
import { EmptyState, ErrorState, Notice } from '../../ui/states.js';
import { EditList } from './edit-list.js';
import { isEditable, listFacts } from './list-words.js';
import styles from './lists.module.css';
import { list } from './lists.queries.js';
import { NoteDialog } from './note-dialog.js';

interface ListPageProps {
  id: string;
  onDeleted: () => void;
}

/** What is on a list, in its order. */
export function ListPage({ id, onDeleted }: ListPageProps) {
  const api = useApi();
  const query = useInfiniteQuery(list(api, id));
  const { data, error, isPending, refetch } = query;
  const known = data?.pages[0]?.list;
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <PlainPage
      title={known?.name ?? 'List'}
      wide
      action={known?.own === true && <EditList list={known} onDeleted={onDeleted} />}
    >
      {isPending && <PosterGridSkeleton count={6} />}
      {error && !data && (
        <ErrorState title="This list could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {known && (
        <>
          <p className={styles['facts']}>{listFacts(known)}</p>
          {known.description !== '' && <p dir="auto">{known.description}</p>}
          {known.syncMessage !== null && <Notice>{known.syncMessage}</Notice>}
          <Items list={known} items={items} />
        </>
      )}
      <ShowMore {...query} />
    </PlainPage>
  );
}

function Items({ list: shown, items }: { list: List; items: readonly ListItem[] }) {
  const api = useApi();
  const queries = useQueryClient();
  const [noting, setNoting] = useState<ListItem | null>(null);
  const change = useMutation({
    mutationFn: async ({ item, act }: { item: ListItem; act: { index: number } | 'remove' }) => {
      const param = { id: shown.id, itemId: item.media.id };
      if (act === 'remove') await done(api.http.lists[':id'].items[':itemId'].$delete({ param }));
      else await answer(api.http.lists[':id'].items[':itemId'].$put({ param, json: act }));
    },
    onSettled: (_data, _error, { item }) => listsChanged(queries, item.media.id),
  });
  if (items.length === 0) {
    return (
      <EmptyState icon={<ListVideo aria-hidden />} title="Nothing is on this list">
        {isEditable(shown) && 'The page of every film and series has a button that puts it on a list.'}
      </EmptyState>
    );
  }
  return (
    <>
      <FormError error={change.error} />
      <PosterGrid ordered>
        {items.map((item, index) => (
          <li key={item.media.id}>
            <PosterCard media={item.media} place={`item:${item.media.id}`} eager={index < 12} />
            {item.note !== '' && (
              <p className={styles['note']} dir="auto">
                {item.note}
              </p>
            )}
            {isEditable(shown) && (
              <div className={styles['tools']}>
                <Button
                  look="quiet"
                  icon
                  aria-label={`Move ${item.media.title} forward`}
                  disabled={change.isPending || index === 0}
                  onClick={() => change.mutate({ item, act: { index: index - 1 } })}
                >
                  <ArrowUp aria-hidden />
                </Button>
                <Button
                  look="quiet"
                  icon
                  aria-label={`Move ${item.media.title} back`}
                  disabled={change.isPending || index === items.length - 1}
                  onClick={() => change.mutate({ item, act: { index: index + 1 } })}
                >
                  <ArrowDown aria-hidden />
                </Button>
                <Button
                  look="quiet"
                  icon
                  aria-label={`Note on ${item.media.title}`}
                  aria-haspopup="dialog"
                  onClick={() => setNoting(item)}
                >
                  <StickyNote aria-hidden />
                </Button>
                <Button
                  look="quiet"
                  icon
                  aria-label={`Take ${item.media.title} off the list`}
                  disabled={change.isPending}
                  onClick={() => change.mutate({ item, act: 'remove' })}
                >
                  <X aria-hidden />
                </Button>
              </div>
            )}
          </li>
        ))}
      </PosterGrid>
      {noting && <NoteDialog listId={shown.id} item={noting} onClose={() => setNoting(null)} />}
    </>
  );
}
