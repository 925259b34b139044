import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client.js';
import type { SourceList } from '../../api/types.js';
import { progressOf } from '../../api/watching.js';
import { Button, buttonClass } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { formatClock } from '../../ui/format.js';
import { Skeleton } from '../../ui/skeleton.js';
import { RequestId } from '../../ui/states.js';
import { IndexerFailures, IndexersAsked, RefusedReleases } from './indexer-failures.js';
import styles from './play-block.module.css';
import { SourceTable } from './source-table.js';
import { sourcePromise, whyNoSources } from './source-words.js';
import { movieSources } from './title.queries.js';
import { useIntent } from './use-intent.js';
import { WatchedMark } from './watched-mark.js';

interface PlayBlockProps {
  movieId: string;
  sourcesOpen: boolean;
  onSources: (open: boolean) => void;
  openTorrent: ReactNode;
  /** The buttons that put the film on lists. */
  lists: ReactNode;
}

/** The one thing to press, and under it what will happen and why. */
export function PlayBlock({ movieId, sourcesOpen, onSources, openTorrent, lists }: PlayBlockProps) {
  const api = useApi();
  useIntent(movieId);
  const { data, error, isPending, isFetching, refetch } = useQuery(movieSources(api, movieId));
  const resumeAt = useQuery(progressOf(api, movieId)).data?.next?.resumeAtSeconds ?? null;
  const retry = (
    <Button disabled={isFetching} onClick={() => void refetch()}>
      {isFetching ? 'Looking' : 'Try again'}
    </Button>
  );

  const isLooking = isPending || (data?.done === false && data.items.length === 0);
  if (data?.done && data.items.length === 0) {
    return (
      <>
        <div className={styles['plays']}>{lists}</div>
        <NoSources list={data} retry={retry} openTorrent={openTorrent} />
      </>
    );
  }
  const best = data?.items[0];
  return (
    <div className={styles['block']}>
      <div className={styles['plays']}>
        <Link
          to="/play"
          search={{ mediaId: movieId }}
          className={clsx(buttonClass({ look: 'primary', large: true }), styles['play'])}
          data-focus-place="movie:play"
        >
          <Play aria-hidden fill="currentColor" />
          {resumeAt === null ? 'Play' : `Resume ${formatClock(resumeAt)}`}
        </Link>
        {resumeAt !== null && (
          <Link
            to="/play"
            search={{ mediaId: movieId, from: 'start' }}
            className={buttonClass({ large: true })}
          >
            Start over
          </Link>
        )}
        {lists}
        <WatchedMark mediaId={movieId} />
      </div>
      <div className={styles['promise']} aria-live="polite" aria-busy={isLooking}>
        {isLooking && (
          <>
            <span className="visually-hidden">Looking for sources</span>
            <Skeleton line="18rem" />
          </>
        )}
        {error && !data && (
          <>
            <span>Sources could not be looked up. {error.message}</span>
            <RequestId error={error} />
            {retry}
          </>
        )}
        {best && (
          <>
            <span>{sourcePromise(best)}</span>
            <Button look="quiet" aria-haspopup="dialog" onClick={() => onSources(true)}>
              Change
            </Button>
          </>
        )}
      </div>
      {data && data.items.length > 0 && (
        <Dialog open={sourcesOpen} onClose={() => onSources(false)} title="Sources" shape="sheet">
          <SourceTable sources={data.items} title={{ mediaId: movieId }} />
          <IndexersAsked indexers={data.indexers} />
          <IndexerFailures indexers={data.indexers} />
          <RefusedReleases refused={data.refused} />
        </Dialog>
      )}
    </div>
  );
}

function NoSources({
  list,
  retry,
  openTorrent,
}: {
  list: SourceList;
  retry: ReactNode;
  openTorrent: ReactNode;
}) {
  const { title, text } = whyNoSources(list);
  return (
    <section className={styles['none']} aria-label="Sources">
      <h2 className={styles['noneTitle']}>{title}</h2>
      <p className={styles['noneText']}>{text}</p>
      <IndexerFailures indexers={list.indexers} />
      <RefusedReleases refused={list.refused} />
      <div className={styles['actions']}>
        {list.indexers.length > 0 && retry}
        {openTorrent}
      </div>
    </section>
  );
}
