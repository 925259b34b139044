import { useQuery } from '@tanstack/react-query';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApi } from '../../api/client.js';
import { movie } from '../../api/movie.query.js';
import type { Movie } from '../../api/types.js';
import { buttonClass } from '../../ui/button.js';
import { formatRuntime } from '../../ui/format.js';
import { OutsideLink } from '../../ui/outside-link.js';
import { ErrorState } from '../../ui/states.js';
import { ListButtons } from './list-buttons.js';
import { PlayBlock } from './play-block.js';
import { RatingButton } from './rating-button.js';
import { TitleBody } from './title-body.js';
import { Certification, Genres, Rating, TitleHead } from './title-head.js';
import { TitlePage, TitleSkeleton, TitleState } from './title-page.js';

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

  if (isPending) return <TitleSkeleton />;
  if (error) {
    return (
      <TitleState title="Film">
        <ErrorState title="This film could not be loaded" error={error} onRetry={() => void refetch()} />
      </TitleState>
    );
  }
  return (
    <TitlePage title={data.title}>
      <TitleHead {...data} facts={<Facts movie={data} />}>
        <PlayBlock
          movieId={id}
          sourcesOpen={sourcesOpen}
          onSources={onSources}
          openTorrent={
            <>
              <ArchiveLink item={data.externalIds.archive} />
              {openTorrent}
            </>
          }
          lists={
            <>
              <ListButtons mediaId={id} listIds={data.listIds} />
              <RatingButton mediaId={id} name={data.title} />
            </>
          }
        />
      </TitleHead>
      <TitleBody media={data} />
    </TitlePage>
  );
}

/** Where a public-domain film can be watched when nobody here has a release of it. */
function ArchiveLink({ item }: { item: string | null }) {
  if (item === null) return null;
  return (
    <OutsideLink url={`https://archive.org/details/${encodeURIComponent(item)}`} className={buttonClass()}>
      <ExternalLink aria-hidden />
      Watch at the Internet Archive
    </OutsideLink>
  );
}

function Facts({ movie: { year, runtimeSeconds, certification, rating, genres } }: { movie: Movie }) {
  return (
    <>
      {year !== null && <span>{year}</span>}
      {runtimeSeconds !== null && <span>{formatRuntime(runtimeSeconds)}</span>}
      <Certification value={certification} />
      <Rating value={rating} />
      <Genres names={genres} />
    </>
  );
}
