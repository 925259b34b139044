import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { season } from '../../api/catalogue.js';
import { useApi } from '../../api/client.js';
import type { Progress, Show } from '../../api/types.js';
import { buttonClass } from '../../ui/button.js';
import { formatCount } from '../../ui/format.js';
import { Skeleton } from '../../ui/skeleton.js';
import { EmptyState, ErrorState, Notice } from '../../ui/states.js';
import { EpisodeLine } from './episode-line.js';
import styles from './season-list.module.css';
import { WatchedMark } from './watched-mark.js';

interface SeasonListProps {
  show: Show;
  shown: number;
  progress: Progress | undefined;
}

/** The seasons to choose from, and the episodes of one. Which one stands in the address. */
export function SeasonList({ show, shown, progress }: SeasonListProps) {
  return (
    <section className={styles['seasons']} aria-label="Seasons">
      <ul className={styles['tabs']}>
        {ordered(show.seasons).map(({ id, number, title }) => (
          <li key={id}>
            <Link
              to="/shows/$id"
              params={{ id: show.id }}
              search={{ season: String(number) }}
              replace
              resetScroll={false}
              className={clsx(buttonClass({ look: 'quiet' }), styles['tab'])}
              aria-current={number === shown ? 'true' : undefined}
              data-focus-place={`season:${number}`}
            >
              {title === '' ? seasonTitle(number) : title}
            </Link>
          </li>
        ))}
      </ul>
      <Episodes key={shown} showId={show.id} number={shown} progress={progress} />
    </section>
  );
}

function Episodes({
  showId,
  number,
  progress,
}: {
  showId: string;
  number: number;
  progress: Progress | undefined;
}) {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery(season(api, showId, number));
  if (isPending) return <EpisodesSkeleton />;
  if (error) {
    return (
      <ErrorState title="This season could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  if (data.episodes.length === 0) {
    return <EmptyState title="No episodes yet">They appear here when they are announced.</EmptyState>;
  }
  return (
    <>
      {data.stale && (
        <Notice>The catalogue&rsquo;s provider does not answer. There may be newer ones.</Notice>
      )}
      <div className={styles['head']}>
        <p>{formatCount(data.episodes.length, 'episode')}</p>
        <WatchedMark mediaId={showId} season={number} />
      </div>
      <ol>
        {data.episodes.map((episode) => (
          <EpisodeLine
            key={episode.id}
            showId={showId}
            episode={episode}
            progress={progress?.episodes.find(
              (one) => one.season === episode.seasonNumber && one.episode === episode.number,
            )}
          />
        ))}
      </ol>
    </>
  );
}

/** The specials stand last: few begin with them. */
function ordered(seasons: Show['seasons']): Show['seasons'] {
  return [...seasons].sort((a, b) => (a.number || Infinity) - (b.number || Infinity));
}

function seasonTitle(number: number): string {
  return number === 0 ? 'Specials' : `Season ${number}`;
}

function EpisodesSkeleton() {
  return (
    <div className={styles['skeletons']} aria-busy="true">
      <p className="visually-hidden" role="status">
        Loading
      </p>
      {[0, 1, 2, 3].map((line) => (
        <div key={line} className={styles['skeleton']}>
          <Skeleton className={styles['still']} />
          <Skeleton line="14rem" />
        </div>
      ))}
    </div>
  );
}
