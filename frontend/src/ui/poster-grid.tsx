import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import styles from './poster-grid.module.css';
import { Skeleton } from './skeleton.js';

interface PosterGridProps {
  /** `li` with a card each. */
  children: ReactNode;
  /** The order means something. */
  ordered?: boolean;
  /** What is shown answers the question before, until the next answer is here. */
  outdated?: boolean;
}

/** As many cards beside each other as fit. */
export function PosterGrid({ children, ordered = false, outdated = false }: PosterGridProps) {
  const List = ordered ? 'ol' : 'ul';
  return (
    <List className={clsx(styles['grid'], outdated && styles['outdated'])} aria-busy={outdated}>
      {children}
    </List>
  );
}

/** While nothing is known yet; `status` is for those who do not see it. */
export function PosterGridSkeleton({ count = 12, status = 'Loading' }: { count?: number; status?: string }) {
  return (
    <div className={styles['grid']} aria-busy="true">
      <p className="visually-hidden" role="status">
        {status}
      </p>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} className={styles['poster']} />
      ))}
    </div>
  );
}
