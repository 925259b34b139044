import type { PlaybackState } from '../../api/types.js';
import { formatSpeed } from '../../ui/format.js';
import styles from './buffering-panel.module.css';
import { sendersOf } from './senders.js';

/** The picture stands still for lack of data: calmly, with the reason. */
export function BufferingPanel({ state }: { state: PlaybackState | null }) {
  return (
    <div className={styles['panel']} role="status" data-testid="buffering">
      <span className={styles['spinner']} aria-hidden />
      <p data-testid="stage" data-stage={state?.stage}>
        {lineOf(state)}
      </p>
      {state && state.peers + state.webSeeds > 0 && (
        <p className={styles['facts']} aria-live="off">
          {formatSpeed(state.downloadBytesPerSecond)} from {sendersOf(state)}
        </p>
      )}
    </div>
  );
}

/** The one sentence: the verdict when there is one, else the stage. */
function lineOf(state: PlaybackState | null): string {
  if (state?.verdict) return state.verdict.message;
  return state?.stage === 'ready' || !state ? 'Loading this part' : state.message;
}
