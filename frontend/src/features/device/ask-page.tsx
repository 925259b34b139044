import { useApi } from '../../api/client.js';
import { Button } from '../../ui/button.js';
import { OneColumn } from '../../ui/one-column.js';
import { QrCode } from '../../ui/qr-code.js';
import { Skeleton } from '../../ui/skeleton.js';
import { ErrorState } from '../../ui/states.js';
import styles from './device.module.css';
import { useDeviceCode } from './use-device-code.js';

/** For screens without a keyboard: shows a code, and waits until it is allowed on another screen. */
export function AskPage({ onSignedIn, onBack }: { onSignedIn: () => void; onBack: () => void }) {
  const api = useApi();
  const state = useDeviceCode(api, onSignedIn);
  // Relative where the server does not know its address: then it is the one this page came from.
  const absolute = (uri: string) => new URL(uri, window.location.href).href;
  const address = state.codes && absolute(state.codes.verificationUri).replace(/^https?:\/\//, '');
  return (
    <OneColumn title="Sign in from another screen">
      <title>Sign in · Kinora</title>
      {state.error ? (
        <ErrorState title={state.title} error={state.error} onRetry={state.again} />
      ) : (
        <>
          <p className={styles['lead']}>
            On a phone or computer where you are signed in, open{' '}
            <strong className={styles['address']}>{address ?? '...'}</strong> and type this code.
          </p>
          {state.codes ? (
            <>
              {/* Read out letter by letter. */}
              <p className={styles['code']} aria-label={state.codes.userCode.split('').join(' ')}>
                {state.codes.userCode}
              </p>
              <QrCode text={absolute(state.codes.verificationUriComplete)} />
            </>
          ) : (
            <Skeleton className={styles['codeWaiting']} />
          )}
          <p className={styles['hint']} role="status">
            {state.codes ? 'Waiting. The code is good for ten minutes.' : 'Asking for a code'}
          </p>
        </>
      )}
      <Button look="quiet" className={styles['back']} onClick={onBack}>
        Sign in with a password
      </Button>
    </OneColumn>
  );
}
