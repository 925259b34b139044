import { clsx } from 'clsx';
import { useState } from 'react';
import { ownImageUrl } from './image-url.js';
import styles from './poster.module.css';
import { hueStyle, titleColour } from './title-colour.js';

interface PosterProps {
  title: string;
  year: number | null;
  url: string | null;
  /** Above the fold: fetched at once. */
  eager?: boolean;
}

const LONG_TITLE = 26;

/** A film's poster; without a picture, or until it is there, its title set on a colour of its own. */
export function Poster({ title, year, url, eager = false }: PosterProps) {
  const [failed, setFailed] = useState(false);
  const src = failed ? null : ownImageUrl(url);
  return (
    <span className={styles['poster']} style={hueStyle(title)} aria-hidden data-picture={src !== null}>
      <span className={clsx(styles['form'], styles[`form${titleColour(title).shape}`])} />
      <span className={styles['words']}>
        <span className={clsx(styles['title'], title.length > LONG_TITLE && styles['long'])} dir="auto">
          {title}
        </span>
        {year !== null && <span className={styles['year']}>{year}</span>}
      </span>
      {src !== null && (
        <img
          className={styles['image']}
          src={src}
          alt=""
          width={342}
          height={513}
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
          onError={() => setFailed(true)}
        />
      )}
    </span>
  );
}
