import type { ReactNode } from 'react';
import { Brand } from './brand.js';
import styles from './one-column.module.css';

interface OneColumnProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

/** The frame of the pages before one is in: the name, one question, one column. */
export function OneColumn({ title, lead, children }: OneColumnProps) {
  return (
    <main className={styles['page']}>
      <div className={styles['column']}>
        <Brand />
        <h1 className={styles['title']}>{title}</h1>
        {lead !== undefined && <p className={styles['lead']}>{lead}</p>}
        {children}
      </div>
    </main>
  );
}
