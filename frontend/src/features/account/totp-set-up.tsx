import { useMutation } from '@tanstack/react-query';
import { answer, done, useApi } from '../../api/client.js';
import { fieldError } from '../../api/problem.js';
import type { AccountSecurity } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { CopyButton } from '../../ui/copy-button.js';
import { DeleteSection } from '../../ui/delete-question.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { formatDate } from '../../ui/moment.js';
import { QrCode } from '../../ui/qr-code.js';
import styles from './security.module.css';

interface TotpSetUpProps {
  totp: AccountSecurity['totp'];
  /** With the recovery codes that came with a first factor. */
  onChanged: (codes?: readonly string[] | null) => void;
}

/** Adds an authenticator app by its QR code and a first code, or removes it. */
export function TotpSetUp({ totp, onChanged }: TotpSetUpProps) {
  const api = useApi();
  const begin = useMutation({ mutationFn: () => answer(api.http.me.totp.$post()) });
  const remove = useMutation({
    mutationFn: () => done(api.http.me.totp.$delete()),
    onSuccess: () => onChanged(),
  });
  if (totp !== null) {
    return (
      <div className={styles['block']}>
        <p>On since {formatDate(totp.since)}.</p>
        <DeleteSection offer="Remove the app" label="Remove" remove={remove}>
          Your password alone will sign you in, unless you have passkeys.
        </DeleteSection>
      </div>
    );
  }
  if (begin.data) {
    return (
      <ConfirmTotp
        setUp={begin.data}
        onConfirmed={(codes) => {
          begin.reset();
          onChanged(codes);
        }}
        onCancel={() => begin.reset()}
      />
    );
  }
  return (
    <div className={styles['block']}>
      <FormError error={begin.error} />
      <Button disabled={begin.isPending} onClick={() => begin.mutate()}>
        Set up an app
      </Button>
    </div>
  );
}

interface ConfirmTotpProps {
  setUp: { secret: string; uri: string };
  onConfirmed: (codes: readonly string[] | null) => void;
  onCancel: () => void;
}

function ConfirmTotp({ setUp: { secret, uri }, onConfirmed, onCancel }: ConfirmTotpProps) {
  const api = useApi();
  const confirm = useMutation({
    mutationFn: (code: string) => answer(api.http.me.totp.confirm.$post({ json: { code } })),
    onSuccess: ({ recoveryCodes }) => onConfirmed(recoveryCodes),
  });
  const wrong = fieldError(confirm.error, 'code');
  const spaced = secret.match(/.{1,4}/g)?.join(' ') ?? secret;
  return (
    <Form label="Authenticator app" onSubmit={(value) => confirm.mutate(value('code'))}>
      <p>Scan this with your authenticator app, or type the key below into it.</p>
      <QrCode text={uri} label="QR code of the key" />
      <p className={styles['secret']}>
        <code data-testid="totp-secret">{spaced}</code>
        <CopyButton text={secret} label="Copy the key" />
      </p>
      <FormError error={wrong === undefined ? confirm.error : null} />
      <TextField
        label="Code that the app shows"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        error={wrong}
        required
        autoFocus
      />
      <FormActions>
        <Button look="primary" type="submit" disabled={confirm.isPending}>
          Turn on
        </Button>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </FormActions>
    </Form>
  );
}
