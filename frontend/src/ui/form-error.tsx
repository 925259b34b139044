import styles from './form-error.module.css';
import { RequestId } from './states.js';

/** Why a form was not taken, when no single field is to blame. */
export function FormError({ error }: { error: Error | null }) {
  return (
    <div role="alert">
      {error !== null && (
        <div className={styles['error']}>
          {error.message}
          <RequestId error={error} />
        </div>
      )}
    </div>
  );
}
