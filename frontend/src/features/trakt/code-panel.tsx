import { useQuery } from '@tanstack/react-query';
import { answer, useApi } from '../../api/client.js';
import type { TraktCode } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { OutsideLink } from '../../ui/outside-link.js';
import { QrCode } from '../../ui/qr-code.js';
import styles from './trakt-page.module.css';
import { codeEnded } from './trakt-words.js';

interface CodePanelProps {
  code: TraktCode;
  onLinked: () => Promise<void>;
  onAgain: () => void;
}

/** A code to type at Trakt, and the wait for it. */
export function CodePanel({ code, onLinked, onAgain }: CodePanelProps) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['trakt-code', code.userCode],
    queryFn: async () => {
      const { state } = await answer(api.http.trakt.device.token.$post());
      if (state === 'linked') await onLinked();
      return state;
    },
    staleTime: 0,
    gcTime: 0,
    refetchInterval: ({ state }) =>
      codeEnded(state.data ?? 'pending') === '' && state.data !== 'linked' ? code.interval * 1000 : false,
  });
  const ended = codeEnded(data ?? 'pending');
  if (ended !== '') {
    return (
      <div className={styles['code']}>
        <p role="alert">{ended}</p>
        <Button look="primary" onClick={onAgain}>
          Get a new code
        </Button>
      </div>
    );
  }
  return (
    <div className={styles['code']}>
      <p>
        Open{' '}
        <OutsideLink url={code.verificationUrl} className={styles['address']}>
          {code.verificationUrl.replace(/^https?:\/\//, '')}
        </OutsideLink>{' '}
        and type this code.
      </p>
      <p className={styles['letters']} aria-label={code.userCode.split('').join(' ')}>
        {code.userCode}
      </p>
      <QrCode text={code.verificationUrlComplete} />
      <p className={styles['soft']} role="status">
        Waiting. The code is good for {Math.round(code.expiresIn / 60)} minutes.
      </p>
    </div>
  );
}
