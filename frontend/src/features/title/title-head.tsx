import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { Backdrop } from '../../ui/backdrop.js';
import { formatRating } from '../../ui/format.js';
import { Poster } from '../../ui/poster.js';
import { Skeleton } from '../../ui/skeleton.js';
import styles from './title-head.module.css';

/** Characters; longer ones are set smaller. */
const LONG_TITLE = 32;

interface TitleHeadProps {
  title: string;
  originalTitle: string;
  year: number | null;
  posterUrl: string | null;
  backdropUrl: string | null;
  /** Each is a `<span>`. */
  facts: ReactNode;
  /** What to do with it. */
  children: ReactNode;
}

/** The top of a title's page: the wide picture, the poster, the name, the facts, and the one thing to press. */
export function TitleHead(props: TitleHeadProps) {
  const { title, originalTitle, year, posterUrl, backdropUrl, facts, children } = props;
  return (
    <div className={styles['stage']}>
      <Backdrop title={title} url={backdropUrl} />
      <div className={styles['head']}>
        <div className={styles['poster']}>
          <Poster title={title} year={year} url={posterUrl} eager />
        </div>
        <div className={styles['words']}>
          <h1 className={clsx(styles['title'], title.length > LONG_TITLE && styles['long'])} dir="auto">
            {title}
          </h1>
          {originalTitle !== '' && originalTitle !== title && (
            <p className={styles['original']} dir="auto">
              {originalTitle}
            </p>
          )}
          <p className={styles['facts']}>{facts}</p>
          {children}
        </div>
      </div>
    </div>
  );
}

/** For which ages, as its country says it. */
export function Certification({ value }: { value: string | null }) {
  if (value === null || value === '') return null;
  return <span className={styles['certification']}>{value}</span>;
}

/** What others think of it, of ten. */
export function Rating({ value }: { value: number | null }) {
  const stars = formatRating(value);
  if (stars === '') return null;
  return (
    <span>
      <span className="visually-hidden">Rated </span>
      {stars}
      <span className="visually-hidden"> of 10</span>
    </span>
  );
}

export function Genres({ names }: { names: readonly string[] }) {
  return names.length > 0 && <span>{names.join(', ')}</span>;
}

export function TitleHeadSkeleton() {
  return (
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
  );
}
