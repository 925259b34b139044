import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { RequestId } from '../../ui/states.js';
import styles from './player-problem.module.css';

interface PlayerProblemProps {
  title: string;
  error: Error;
  actions: ReactNode;
}

/** In place of a black screen: what happened and what can be done. */
export function PlayerProblem({ title, error, actions }: PlayerProblemProps) {
  return (
    <section className={styles['problem']} role="alert" data-testid="player-problem">
      <CircleAlert aria-hidden className={styles['icon']} />
      <h1 className={styles['title']}>{title}</h1>
      <p className={styles['text']}>{error.message}</p>
      <RequestId error={error} />
      <div className={styles['actions']}>{actions}</div>
    </section>
  );
}
