import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client.js';
import { movie } from '../../api/movie.query.js';
import type { Movie } from '../../api/types.js';
import { Backdrop } from '../../ui/backdrop.js';
import { formatRating, formatRuntime } from '../../ui/format.js';
import { Poster } from '../../ui/poster.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState, Notice } from '../../ui/states.js';
import styles from './movie-page.module.css';
import { PlayBlock } from './play-block.js';

/** Characters; longer ones are set smaller. */
const LONG_TITLE = 32;

interface MoviePageProps {
  id: string;
  /** Whether the sheet of sources is open; it lives in the address, so that "back" closes it. */
  sourcesOpen: boolean;
  onSources: (open: boolean) => void;
  /** Shown where there is nothing to play. */
  openTorrent: ReactNode;
}

export function MoviePage({ id, sourcesOpen, onSources, openTorrent }: MoviePageProps) {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery(movie(api, id));

  if (isPending) return <MovieSkeleton />;
  if (error) {
    return (
      <div className={styles['state']}>
        <title>Film · Kinora</title>
        <ErrorState title="This film could not be loaded" error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  return (
    <article className={styles['page']}>
      <title>{`${data.title} · Kinora`}</title>
      <div className={styles['stage']}>
        <Backdrop title={data.title} url={data.backdropUrl} />
        <div className={styles['head']}>
          <div className={styles['poster']}>
            <Poster title={data.title} year={data.year} url={data.posterUrl} eager />
          </div>
          <div className={styles['words']}>
            <h1
              className={clsx(styles['title'], data.title.length > LONG_TITLE && styles['long'])}
              dir="auto"
            >
              {data.title}
            </h1>
            {data.originalTitle !== '' && data.originalTitle !== data.title && (
              <p className={styles['original']} dir="auto">
                {data.originalTitle}
              </p>
            )}
            <Facts movie={data} />
            <PlayBlock
              movieId={id}
              sourcesOpen={sourcesOpen}
              onSources={onSources}
              openTorrent={openTorrent}
            />
          </div>
        </div>
      </div>
      <div className={styles['body']}>
        {data.stale && (
          <div className={styles['notice']}>
            <Notice>TMDB does not answer. This is what was known before.</Notice>
          </div>
        )}
        <About movie={data} />
        <People movie={data} />
      </div>
    </article>
  );
}

function Facts({ movie: { year, runtimeSeconds, certification, rating, genres } }: { movie: Movie }) {
  const stars = formatRating(rating);
  return (
    <p className={styles['facts']}>
      {year !== null && <span>{year}</span>}
      {runtimeSeconds !== null && <span>{formatRuntime(runtimeSeconds)}</span>}
      {certification !== null && certification !== '' && (
        <span className={styles['certification']}>{certification}</span>
      )}
      {stars !== '' && (
        <span>
          <span className="visually-hidden">Rated </span>
          {stars}
          <span className="visually-hidden"> of 10</span>
        </span>
      )}
      {genres.length > 0 && <span>{genres.join(', ')}</span>}
    </p>
  );
}

function About({ movie: { tagline, overview } }: { movie: Movie }) {
  return (
    <section aria-label="Overview">
      {tagline !== '' && (
        <p className={styles['tagline']} dir="auto">
          {tagline}
        </p>
      )}
      <p className={styles['overview']} dir="auto">
        {overview === '' ? 'Nothing is known about this film yet.' : overview}
      </p>
    </section>
  );
}

const CAST_SHOWN = 10;

function People({ movie: { cast, directors } }: { movie: Movie }) {
  if (cast.length === 0 && directors.length === 0) return null;
  return (
    <aside aria-label="People">
      {directors.length > 0 && (
        <section className={styles['section']}>
          <h2 className={styles['sub']}>{directors.length === 1 ? 'Director' : 'Directors'}</h2>
          <p dir="auto">{directors.join(', ')}</p>
        </section>
      )}
      {cast.length > 0 && (
        <section className={styles['section']}>
          <h2 className={styles['sub']}>Cast</h2>
          <ul className={styles['people']}>
            {cast.slice(0, CAST_SHOWN).map(({ name, character }) => (
              <li key={`${name}:${character}`}>
                <span dir="auto">{name}</span>
                {character !== '' && (
                  <span className={styles['character']} dir="auto">
                    {character}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}

function MovieSkeleton() {
  return (
    <div className={styles['page']} aria-busy="true">
      <title>Kinora</title>
      <p className="visually-hidden" role="status">
        Loading
      </p>
      <div className={styles['stage']}>
        <div className={styles['head']}>
          <div className={styles['poster']}>
            <Skeleton className={styles['skeletonPoster']} />
          </div>
          <div className={styles['words']}>
            <Skeleton className={styles['skeletonTitle']} />
            <Skeleton line="16rem" />
            <Skeleton className={styles['skeletonButton']} />
          </div>
        </div>
      </div>
      <div className={styles['body']}>
        <div>
          <Skeleton line="100%" />
          <Skeleton line="96%" />
          <Skeleton line="60%" />
        </div>
      </div>
    </div>
  );
}
