import type { ReactNode } from 'react';
import { Skeleton } from '../../ui/skeleton.js';
import styles from './title-body.module.css';
import { TitleHeadSkeleton } from './title-head.js';

/** The frame of the page of a film or a series. */
export function TitlePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <article className={styles['page']}>
      <title>{`${title} · Kinora`}</title>
      {children}
    </article>
  );
}

/** The frame when there is nothing to show but why. */
export function TitleState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles['state']}>
      <title>{`${title} · Kinora`}</title>
      {children}
    </div>
  );
}

export function TitleSkeleton() {
  return (
    <div className={styles['page']} aria-busy="true">
      <title>Kinora</title>
      <p className="visually-hidden" role="status">
        Loading
      </p>
      <TitleHeadSkeleton />
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
