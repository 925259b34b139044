import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { show } from '../../api/catalogue.js';
import { useApi } from '../../api/client.js';
import type { Progress, Show } from '../../api/types.js';
import { progressOf } from '../../api/watching.js';
import { buttonClass } from '../../ui/button.js';
import { formatCount } from '../../ui/format.js';
import { ErrorState } from '../../ui/states.js';
import { firstSeason, nextToPlay, upcomingWords, yearsOf } from './episodes.js';
import { ListButtons } from './list-buttons.js';
import block from './play-block.module.css';
import { RatingButton } from './rating-button.js';
import { SeasonList } from './season-list.js';
import { TitleBody } from './title-body.js';
import { Certification, Genres, Rating, TitleHead } from './title-head.js';
import { TitlePage, TitleSkeleton, TitleState } from './title-page.js';
import { WatchedMark } from './watched-mark.js';

interface ShowPageProps {
  id: string;
  /** From the address; without, the season that is watched now. */
  season: number | null;
}

export function ShowPage({ id, season }: ShowPageProps) {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery(show(api, id));
  const progress = useQuery(progressOf(api, id)).data;

  if (isPending) return <TitleSkeleton />;
  if (error) {
    return (
      <TitleState title="Series">
        <ErrorState title="This series could not be loaded" error={error} onRetry={() => void refetch()} />
      </TitleState>
    );
  }
  const shown = season ?? progress?.next?.season ?? firstSeason(data.seasons);
  return (
    <TitlePage title={data.title}>
      <TitleHead {...data} facts={<Facts show={data} />}>
        <ShowPlay show={data} progress={progress} />
      </TitleHead>
      <TitleBody media={data}>
        {shown !== null && <SeasonList show={data} shown={shown} progress={progress} />}
      </TitleBody>
    </TitlePage>
  );
}

function Facts({ show: media }: { show: Show }) {
  const { certification, rating, genres, seasonCount } = media;
  return (
    <>
      <span>{yearsOf(media)}</span>
      {seasonCount !== null && seasonCount > 0 && <span>{formatCount(seasonCount, 'season')}</span>}
      <Certification value={certification} />
      <Rating value={rating} />
      <Genres names={genres} />
    </>
  );
}

function ShowPlay({ show: media, progress }: { show: Show; progress: Progress | undefined }) {
  const next = nextToPlay(media, progress);
  const upcoming = upcomingWords(media);
  return (
    <div className={block['block']}>
      <div className={block['plays']}>
        {next !== null && (
          <Link
            to="/play"
            search={{ mediaId: media.id, season: String(next.season), episode: String(next.episode) }}
            className={buttonClass({ look: 'primary', large: true })}
            data-focus-place="show:play"
          >
            <Play aria-hidden fill="currentColor" />
            {next.words}
          </Link>
        )}
        <ListButtons mediaId={media.id} listIds={media.listIds} />
        <RatingButton mediaId={media.id} name={media.title} />
        <WatchedMark mediaId={media.id} />
      </div>
      {upcoming !== null && <p className={block['promise']}>{upcoming}</p>}
    </div>
  );
}
