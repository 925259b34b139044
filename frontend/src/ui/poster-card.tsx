import { Link } from '@tanstack/react-router';
import { CardCaption } from './card-caption.js';
import { formatRating, formatRuntime } from './format.js';
import { Poster } from './poster.js';
import styles from './poster-card.module.css';

export interface CardMedia {
  id: string;
  type: 'movie' | 'show';
  title: string;
  year: number | null;
  posterUrl: string | null;
  runtimeSeconds: number | null;
  rating: number | null;
}

interface PosterCardProps {
  media: CardMedia;
  /** Names this card on its page, so that focus can come back to it. */
  place: string;
  eager?: boolean;
  onOpen?: () => void;
}

/** A film or a series in a row or a grid. */
export function PosterCard({ media, place, eager = false, onOpen }: PosterCardProps) {
  const length = media.type === 'show' ? 'Series' : formatRuntime(media.runtimeSeconds);
  const facts = [media.year, length, formatRating(media.rating)].filter(Boolean);
  return (
    <Link
      to={media.type === 'show' ? '/shows/$id' : '/movies/$id'}
      params={{ id: media.id }}
      className={styles['card']}
      data-focus-place={place}
      {...(onOpen ? { onClick: onOpen } : {})}
    >
      <span className={styles['picture']}>
        <Poster title={media.title} year={media.year} url={media.posterUrl} eager={eager} />
      </span>
      <CardCaption name={media.title} facts={facts.join(' · ')} />
    </Link>
  );
}
