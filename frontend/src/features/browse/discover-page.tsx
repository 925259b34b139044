import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useApi } from '../../api/client.js';
import { Button } from '../../ui/button.js';
import { formatTotal } from '../../ui/format.js';
import { PosterCard } from '../../ui/poster-card.js';
import { PosterGrid, PosterGridSkeleton } from '../../ui/poster-grid.js';
import { SelectField } from '../../ui/select-field.js';
import { ShowMore } from '../../ui/show-more.js';
import { EmptyState, ErrorState, Notice } from '../../ui/states.js';
import { discover, genres } from './browse.queries.js';
import styles from './discover-page.module.css';
import { type DiscoverView, parseDiscoverView } from './discover-view.js';
import { languageOptions } from './language-options.js';

interface DiscoverPageProps {
  view: DiscoverView;
  onView: (view: DiscoverView) => void;
}

/** All titles, by what they have in common. The filters stand in the address. */
export function DiscoverPage({ view, onView }: DiscoverPageProps) {
  return (
    <div className={styles['page']}>
      <title>Discover · Kinora</title>
      <div className={styles['head']}>
        <h1 className={styles['title']}>Discover</h1>
        <Order view={view} onView={onView} />
      </div>
      <Filters view={view} onView={onView} />
      <Found view={view} onView={onView} />
    </div>
  );
}

const years = [
  '2020',
  '2010',
  '2000',
  '1990',
  '1980',
  '1970',
  '1960',
  '1950',
  '1940',
  '1930',
  '1920',
  '1900',
];

function Filters({ view, onView }: DiscoverPageProps) {
  const api = useApi();
  const known = useQuery(genres(api)).data?.items ?? [];
  const type = view.type ?? 'movie';
  const change = (changes: Partial<Record<keyof DiscoverView, string>>) =>
    onView(parseDiscoverView({ ...view, ...changes }));
  const decade = (from: string) =>
    change({
      yearFrom: from,
      yearTo: from === '' ? '' : from === '1900' ? '1919' : String(Number(from) + 9),
    });
  return (
    <div className={styles['filters']} role="group" aria-label="Filters">
      <SelectField
        label="Kind"
        value={type}
        onChange={(event) => change({ type: event.currentTarget.value, genre: '' })}
        options={[
          ['movie', 'Films'],
          ['show', 'Series'],
        ]}
      />
      <SelectField
        label="Genre"
        value={view.genre ?? ''}
        onChange={(event) => change({ genre: event.currentTarget.value })}
        options={[
          ['', 'All genres'],
          ...known.filter(({ types }) => types.includes(type)).map(({ id, name }) => [id, name] as const),
        ]}
      />
      <SelectField
        label="Years"
        value={view.yearFrom ?? ''}
        onChange={(event) => decade(event.currentTarget.value)}
        options={[
          ['', 'All years'],
          ...years.map((year) => [year, year === '1900' ? 'Before 1920' : `${year}s`] as const),
        ]}
      />
      <SelectField
        label="Rating"
        value={view.rating ?? ''}
        onChange={(event) => change({ rating: event.currentTarget.value })}
        options={[
          ['', 'Any rating'],
          ['6', '6 and better'],
          ['7', '7 and better'],
          ['8', '8 and better'],
        ]}
      />
      <SelectField
        label="Language"
        value={view.language ?? ''}
        onChange={(event) => change({ language: event.currentTarget.value })}
        options={[['', 'Any language'], ...languageOptions(view.language)]}
      />
      <SelectField
        label="From"
        value={view.source ?? ''}
        onChange={(event) => change({ source: event.currentTarget.value })}
        options={[
          ['', 'Everywhere'],
          ['public-domain', 'Public domain'],
        ]}
      />
    </div>
  );
}

function Order({ view, onView }: DiscoverPageProps) {
  return (
    <SelectField
      label="Order"
      value={view.sort ?? ''}
      onChange={(event) => onView(parseDiscoverView({ ...view, sort: event.currentTarget.value }))}
      options={[
        ['', 'Popular first'],
        ['rating', 'Best rated first'],
        ['newest', 'Newest first'],
        ['title', 'By title'],
      ]}
    />
  );
}

function Found({ view, onView }: DiscoverPageProps) {
  const api = useApi();
  const query = useInfiniteQuery(discover(api, view));
  const { data, error, isPending, isPlaceholderData, refetch } = query;
  if (isPending) return <PosterGridSkeleton />;
  if (error && !data) {
    return <ErrorState title="The titles could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  const items = data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<SearchX aria-hidden />}
        title="Nothing here is like that"
        actions={<Button onClick={() => onView({})}>Show everything</Button>}
      >
        Fewer filters show more.
      </EmptyState>
    );
  }
  return (
    <>
      <p className={styles['count']} role="status">
        {formatTotal(data.pages.at(-1), 'title')}
      </p>
      {data.pages.some(({ stale }) => stale) && (
        <Notice>The catalogue&rsquo;s provider does not answer. This is what is known here.</Notice>
      )}
      <PosterGrid outdated={isPlaceholderData}>
        {items.map((media, index) => (
          <li key={media.id}>
            <PosterCard media={media} place={`discover:${media.id}`} eager={index < 12} />
          </li>
        ))}
      </PosterGrid>
      <ShowMore {...query} />
    </>
  );
}
