import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { Episode, Progress } from '../../api/types.js';
import { formatRuntime } from '../../ui/format.js';
import { ownImageUrl } from '../../ui/image-url.js';
import { Meter } from '../../ui/meter.js';
import { hueStyle } from '../../ui/title-colour.js';
import styles from './episode-line.module.css';
import { EpisodeSources } from './episode-sources.js';
import { dayWords } from './episodes.js';
import { RatingButton } from './rating-button.js';
import { WatchedMark } from './watched-mark.js';

interface EpisodeLineProps {
  showId: string;
  episode: Episode;
  progress: Progress['episodes'][number] | undefined;
}

/** One episode: its picture plays it. What was not broadcast yet says when it will be. */
export function EpisodeLine({ showId, episode, progress }: EpisodeLineProps) {
  const { number, seasonNumber, title, overview, airDate, hasAired, runtimeSeconds } = episode;
  const name = title === '' ? `Episode ${number}` : title;
  const date = airDate === null ? 'Date not known' : dayWords(airDate);
  const facts = [date, formatRuntime(runtimeSeconds), episode.kind === 'finale' ? 'Finale' : ''];
  return (
    <li className={styles['line']} data-testid="episode-line">
      {hasAired ? (
        <Link
          to="/play"
          search={{ mediaId: showId, season: String(seasonNumber), episode: String(number) }}
          className={styles['picture']}
          style={hueStyle(name)}
          aria-label={`Play ${number}. ${name}`}
          data-focus-place={`episode:${seasonNumber}:${number}`}
        >
          <Still url={episode.stillUrl} />
          <Play aria-hidden fill="currentColor" className={styles['play']} />
          <Bar progress={progress} />
        </Link>
      ) : (
        <span className={styles['picture']} style={hueStyle(name)}>
          <Still url={episode.stillUrl} />
        </span>
      )}
      <div className={styles['words']}>
        <h3 className={styles['name']} dir="auto">
          {number}. {name}
        </h3>
        <p className={styles['facts']}>{facts.filter((fact) => fact !== '').join(' · ')}</p>
        {overview !== '' && (
          <p className={styles['overview']} dir="auto">
            {overview}
          </p>
        )}
      </div>
      {hasAired && (
        <div className={styles['acts']}>
          <EpisodeSources
            showId={showId}
            season={seasonNumber}
            episode={number}
            name={`${number}. ${name}`}
          />
          <RatingButton
            mediaId={showId}
            name={`${number}. ${name}`}
            place={{ season: seasonNumber, episode: number }}
          />
          <WatchedMark mediaId={showId} season={seasonNumber} episode={number} />
        </div>
      )}
    </li>
  );
}

function Still({ url }: { url: string | null }) {
  const [failed, setFailed] = useState(false);
  const src = failed ? null : ownImageUrl(url);
  if (src === null) return null;
  return (
    <img
      className={styles['image']}
      src={src}
      alt=""
      loading="lazy"
      decoding="async"
      onError={() => setFailed(true)}
    />
  );
}

function Bar({ progress }: { progress: Progress['episodes'][number] | undefined }) {
  if (!progress || progress.watched || progress.fraction <= 0) return null;
  return <Meter look="picture" value={progress.fraction} label="Watched" />;
}
