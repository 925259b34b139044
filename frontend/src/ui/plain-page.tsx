import type { ReactNode } from 'react';
import styles from './plain-page.module.css';

interface PlainPageProps {
  title: string;
  /** Beside the title: the one thing to do here. */
  action?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

/** The frame of pages with forms and tables. */
export function PlainPage({ title, action, wide = false, children }: PlainPageProps) {
  return (
    <div className={wide ? `${styles['page']} ${styles['wide']}` : styles['page']}>
      <title>{`${title} · Kinora`}</title>
      <div className={styles['head']}>
        <h1 className={styles['title']}>{title}</h1>
        {action}
      </div>
      {children}
    </div>
  );
}

interface SectionProps {
  title: string;
  lead?: string;
  /** To link to it. */
  id?: string;
  children: ReactNode;
}

/** A part of a plain page. */
export function Section({ title, lead, id, children }: SectionProps) {
  return (
    <section id={id} className={styles['section']}>
      <h2 className={styles['subtitle']}>{title}</h2>
      {lead !== undefined && <p className={styles['lead']}>{lead}</p>}
      {children}
    </section>
  );
}
