import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { PlaybackState } from '../../api/types.js';
import { formatClock, formatSpeed } from '../../ui/format.js';
import { sendersOf } from './senders.js';
import { useSeconds } from './use-seconds.js';
import styles from './waiting-panel.module.css';

interface WaitingPanelProps {
  title: string;
  /** Null until the server answered. */
  state: PlaybackState | null;
  /** What can be done instead of waiting. */
  actions: ReactNode;
}

type Stage = PlaybackState['stage'];

/** After this long the viewer is offered a way out. */
const PATIENCE_SECONDS = 10;

const steps = ['Peers', 'Torrent', 'First pieces', 'Picture'] as const;

const stepOf: Record<Stage, number> = {
  starting: 0,
  'finding-peers': 0,
  'fetching-metadata': 1,
  buffering: 2,
  stalled: 2,
  ready: 3,
  failed: 0,
};

/** Before the first frame: how far it is, in words and with a number that moves. */
export function WaitingPanel({ title, state, actions }: WaitingPanelProps) {
  const seconds = useSeconds();
  const stage = state?.stage ?? 'starting';
  return (
    <section className={styles['panel']} aria-label="Starting" data-testid="waiting">
      <h1 className={styles['title']} dir="auto">
        {title}
      </h1>
      <ol className={styles['steps']} aria-hidden>
        {steps.map((step, index) => (
          <li
            key={step}
            className={clsx(
              index < stepOf[stage] && styles['done'],
              index === stepOf[stage] && styles['now'],
            )}
          >
            {step}
          </li>
        ))}
      </ol>
      <p className={styles['stage']} data-testid="stage" data-stage={stage}>
        {state?.message ?? 'Choosing a source'}
      </p>
      <p className="visually-hidden" aria-live="polite">
        {steps[stepOf[stage]]}
      </p>
      <p className={styles['facts']}>
        <span>{formatClock(seconds)}</span>
        {state && <span>{sendersOf(state)}</span>}
        {state && <span>{formatSpeed(state.downloadBytesPerSecond)}</span>}
      </p>
      <div className={styles['offer']} aria-live="polite">
        {seconds >= PATIENCE_SECONDS && (
          <>
            <p>This takes longer than it should. It goes on by itself, or try something else.</p>
            <div className={styles['actions']}>{actions}</div>
          </>
        )}
      </div>
    </section>
  );
}
