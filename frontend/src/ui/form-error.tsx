import styles from './form-error.module.css';
import { RequestId } from './states.js';

/** Why a form was not taken, when no single field is to blame. */
export function FormError({ error }: { error: Error | null }) {
  return (
    <div role="alert">
      {error !== null && (
        <div className={styles['error']}>
          {error.message}
          {isServerFault(error) && <RequestId error={error} />}
        </div>
      )}
    </div>
  );
}

/** What the user can put right needs no number for the log. */
function isServerFault(error: Error): boolean {
  return !('status' in error && typeof error.status === 'number' && error.status < 500);
}
