import { queryOptions, useQuery } from '@tanstack/react-query';
import { type ApiClient, answer, useApi } from '../../api/client.js';
import type { Person } from '../../api/types.js';
import { Portrait } from '../../ui/person-card.js';
import { PosterCard } from '../../ui/poster-card.js';
import { PosterGrid } from '../../ui/poster-grid.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState, Notice } from '../../ui/states.js';
import styles from './person-page.module.css';
import { lifeWords, titlesOf } from './person-words.js';

function person(api: ApiClient, id: string) {
  return queryOptions({
    queryKey: ['person', id],
    queryFn: ({ signal }) => answer(api.http.people[':id'].$get({ param: { id } }, { init: { signal } })),
  });
}

/** Somebody, and the films and series they worked on. */
export function PersonPage({ id }: { id: string }) {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery(person(api, id));
  if (isPending) return <PersonSkeleton />;
  if (error) {
    return (
      <div className={styles['page']}>
        <title>Person · Kinora</title>
        <ErrorState title="This page could not be loaded" error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  return (
    <div className={styles['page']}>
      <title>{`${data.name} · Kinora`}</title>
      <div className={styles['head']}>
        <div className={styles['portrait']}>
          <Portrait name={data.name} url={data.profileUrl} />
        </div>
        <div className={styles['words']}>
          <h1 className={styles['name']} dir="auto">
            {data.name}
          </h1>
          <p className={styles['facts']}>{lifeWords(data)}</p>
          {data.biography !== '' && (
            <p className={styles['biography']} dir="auto">
              {data.biography}
            </p>
          )}
        </div>
      </div>
      {data.stale && <Notice>The provider does not answer. This is what was known before.</Notice>}
      <Work person={data} />
    </div>
  );
}

function Work({ person: { work } }: { person: Person }) {
  const titles = titlesOf(work);
  if (titles.length === 0) return <EmptyState title="No films or series of theirs are known here yet" />;
  return (
    <section className={styles['work']} aria-labelledby="work">
      <h2 id="work" className={styles['subtitle']}>
        Known for
      </h2>
      <PosterGrid>
        {titles.map(({ title, roles }) => (
          <li key={title.id}>
            <PosterCard media={title} place={`work:${title.id}`} />
            <p className={styles['role']} dir="auto">
              {roles}
            </p>
          </li>
        ))}
      </PosterGrid>
    </section>
  );
}

function PersonSkeleton() {
  return (
    <div className={styles['page']} aria-busy="true">
      <title>Kinora</title>
      <p className="visually-hidden" role="status">
        Loading
      </p>
      <div className={styles['head']}>
        <Skeleton className={styles['portrait']} />
        <div className={styles['words']}>
          <Skeleton line="16rem" />
          <Skeleton line="24rem" />
        </div>
      </div>
    </div>
  );
}
