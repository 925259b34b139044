import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { useState } from 'react';
import { useApi } from '../../api/client.js';
import { Button, buttonClass } from '../../ui/button.js';
import { formatTotal } from '../../ui/format.js';
import { PersonCard } from '../../ui/person-card.js';
import { PosterCard } from '../../ui/poster-card.js';
import { PosterGrid, PosterGridSkeleton } from '../../ui/poster-grid.js';
import { Row } from '../../ui/row.js';
import { ShowMore } from '../../ui/show-more.js';
import { EmptyState, ErrorState, Notice } from '../../ui/states.js';
import { search } from './browse.queries.js';
import type { RecentSearches } from './recent-searches.js';
import styles from './search-page.module.css';

/** What is looked for stands in the address; the field in the header writes it there. */
export function SearchPage({ text, recent }: { text: string; recent: RecentSearches }) {
  return (
    <div className={styles['page']}>
      <title>{text === '' ? 'Search · Kinora' : `${text} · Kinora`}</title>
      {text === '' ? <Recent recent={recent} /> : <Results text={text} recent={recent} />}
    </div>
  );
}

function Results({ text, recent }: { text: string; recent: RecentSearches }) {
  const api = useApi();
  const query = useInfiniteQuery(search(api, text));
  const { data, error, isPending, isPlaceholderData, refetch } = query;

  if (error && !data) {
    return <ErrorState title="The search did not work" error={error} onRetry={() => void refetch()} />;
  }
  if (isPending) return <ResultsSkeleton />;
  const items = data.pages.flatMap((page) => page.items);
  const people = data.pages[0]?.people ?? [];
  const count = formatTotal(data.pages.at(-1), 'title');
  if (items.length === 0 && people.length === 0 && !isPlaceholderData) {
    return (
      <EmptyState icon={<SearchX aria-hidden />} title={`Nothing found for “${text}”`}>
        Check the spelling, use fewer words, or try the original title.
      </EmptyState>
    );
  }
  return (
    <>
      <h1 className={styles['title']}>
        Results <span className={styles['count']}>{count}</span>
      </h1>
      <p className="visually-hidden" role="status">
        {isPlaceholderData ? 'Searching' : `${count} found for ${text}`}
      </p>
      {data.pages.some(({ stale }) => stale) && (
        <Notice>The catalogue&rsquo;s provider does not answer. This is what is known here.</Notice>
      )}
      <PosterGrid outdated={isPlaceholderData}>
        {items.map((media, index) => (
          <li key={media.id}>
            <PosterCard
              media={media}
              place={`search:${media.id}`}
              eager={index < 12}
              onOpen={() => recent.add(text)}
            />
          </li>
        ))}
      </PosterGrid>
      <ShowMore {...query} />
      {people.length > 0 && (
        <div className={styles['people']}>
          <Row id="people" title="People" shape="round">
            {people.map(({ id, name, knownFor, profileUrl }) => (
              <li key={id}>
                <PersonCard
                  id={id}
                  name={name}
                  role={knownFor ?? ''}
                  profileUrl={profileUrl}
                  place={`people:${id}`}
                />
              </li>
            ))}
          </Row>
        </div>
      )}
    </>
  );
}

function Recent({ recent }: { recent: RecentSearches }) {
  const [entries, setEntries] = useState(() => recent.list());
  if (entries.length === 0) {
    return (
      <>
        <h1 className={styles['title']}>Search</h1>
        <p>Type a title or a name. Films, series and people appear as you write.</p>
      </>
    );
  }
  return (
    <>
      <h1 className={styles['title']}>Recent searches</h1>
      <ul className={styles['recents']}>
        {entries.map((entry) => (
          <li key={entry}>
            <Link to="/search" search={{ q: entry }} className={buttonClass()}>
              {entry}
            </Link>
          </li>
        ))}
        <li>
          <Button
            look="quiet"
            onClick={() => {
              recent.clear();
              setEntries([]);
            }}
          >
            Clear
          </Button>
        </li>
      </ul>
    </>
  );
}

function ResultsSkeleton() {
  return (
    <>
      <h1 className={styles['title']}>Results</h1>
      <PosterGridSkeleton status="Searching" />
    </>
  );
}
