import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Play } from 'lucide-react';
import type { MediaSummary } from '../../api/types.js';
import { Backdrop } from '../../ui/backdrop.js';
import { buttonClass } from '../../ui/button.js';
import { formatRating, formatRuntime } from '../../ui/format.js';
import styles from './hero.module.css';

/** Characters; longer ones are set smaller. */
const LONG_TITLE = 32;

/** The first title, large: what it is, and the button that plays it. */
export function Hero({ media }: { media: MediaSummary }) {
  const facts = [media.year, formatRuntime(media.runtimeSeconds), formatRating(media.rating)].filter(Boolean);
  return (
    <section className={styles['hero']} aria-label={`Featured: ${media.title}`}>
      <Backdrop title={media.title} url={media.backdropUrl} />
      <div className={styles['words']}>
        <h1 className={clsx(styles['title'], media.title.length > LONG_TITLE && styles['long'])} dir="auto">
          {media.title}
        </h1>
        {facts.length > 0 && <p className={styles['facts']}>{facts.join(' · ')}</p>}
        {media.overview !== '' && (
          <p className={styles['overview']} dir="auto">
            {media.overview}
          </p>
        )}
        <div className={styles['actions']}>
          {media.type === 'movie' && (
            <Link
              to="/play"
              search={{ mediaId: media.id }}
              className={buttonClass({ look: 'primary', large: true })}
              data-focus-place="hero:play"
            >
              <Play aria-hidden fill="currentColor" />
              Play
            </Link>
          )}
          <Link
            to={media.type === 'show' ? '/shows/$id' : '/movies/$id'}
            params={{ id: media.id }}
            className={buttonClass({ large: true })}
            data-focus-place="hero:details"
          >
            Details
          </Link>
        </div>
      </div>
    </section>
  );
}
