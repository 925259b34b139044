import { useMutation } from '@tanstack/react-query';
import { answer, useApi } from '../../api/client.js';
import { Button } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy-button.js';
import { FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import styles from './security.module.css';

interface RecoveryCodesProps {
  /** Unused codes. */
  left: number;
  onRenewed: (codes: readonly string[]) => void;
}

export function RecoveryCodes({ left, onRenewed }: RecoveryCodesProps) {
  const api = useApi();
  const renew = useMutation({
    mutationFn: () => answer(api.http.me['recovery-codes'].$post()),
    onSuccess: ({ recoveryCodes }) => onRenewed(recoveryCodes),
  });
  return (
    <div className={styles['block']}>
      <FormError error={renew.error} />
      <p>{left === 1 ? '1 unused code left.' : `${left} unused codes left.`}</p>
      <FormActions>
        <Button disabled={renew.isPending} onClick={() => renew.mutate()}>
          Create new codes
        </Button>
      </FormActions>
    </div>
  );
}

/** Shows the codes, this once. */
export function RecoveryCodeList({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <div className={styles['block']}>
      <p>Write these codes down, or store them in a password manager. They are not shown again.</p>
      <ul className={styles['codes']}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <FormActions>
        <Button look="primary" onClick={onDone} autoFocus>
          Done
        </Button>
        <CopyButton text={codes.join('\n')} label="Copy the codes" />
      </FormActions>
    </div>
  );
}
