import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import { answerByPasskey, passkeyObstacle } from '../../api/passkeys.js';
import { ApiError, fieldError } from '../../api/problem.js';
import type { SecondFactorRequired, SignedIn } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { FormError } from '../../ui/form-error.js';
import { OneColumn } from '../../ui/one-column.js';
import { PasskeyButton } from './passkey-button.js';

interface SecondStepProps {
  step: SecondFactorRequired;
  onSignedIn: (signedIn: SignedIn) => void;
  /** Back to name and password. */
  onBack: () => void;
}

/** The second step of a sign-in: a code of the app, a passkey, or a recovery code. */
export function SecondStep({ step, onSignedIn, onBack }: SecondStepProps) {
  const { ticket, methods, passkey } = step;
  const api = useApi();
  const hasApp = methods.includes('totp');
  const [kind, setKind] = useState<'code' | 'recoveryCode' | null>(
    hasApp ? 'code' : passkey ? null : 'recoveryCode',
  );
  const post = api.http.auth.login['second-factor'].$post;
  const finish = useMutation({
    mutationFn: (code: string) =>
      answer(post({ json: kind === 'code' ? { ticket, code } : { ticket, recoveryCode: code } })),
    onSuccess: onSignedIn,
  });
  const byPasskey = useMutation({
    mutationFn: async () => {
      if (passkey === null) throw new Error('None of your passkeys works at this address.');
      return answer(post({ json: { ticket, passkey: await answerByPasskey(passkey) } }));
    },
    onSuccess: onSignedIn,
  });
  const error = finish.error ?? byPasskey.error;
  const wrong = fieldError(finish.error, kind ?? '');

  return (
    <OneColumn title="Confirm that it is you">
      <title>Sign in · Kinora</title>
      <FormError error={wrong === undefined ? error : null} />
      {passkey !== null && passkeyObstacle() === null && (
        <PasskeyButton
          label="Use a passkey"
          disabled={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        />
      )}
      {kind !== null && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const code = new FormData(event.currentTarget).get('code');
            finish.mutate(typeof code === 'string' ? code : '');
          }}
        >
          <TextField
            key={kind}
            label={kind === 'code' ? 'Code from your authenticator app' : 'Recovery code'}
            hint={kind === 'code' ? undefined : 'Each of them works once.'}
            name="code"
            inputMode={kind === 'code' ? 'numeric' : 'text'}
            autoComplete={kind === 'code' ? 'one-time-code' : 'off'}
            autoCapitalize="none"
            spellCheck={false}
            error={wrong}
            required
            autoFocus
          />
          <Button look="primary" large type="submit" disabled={finish.isPending}>
            Sign in
          </Button>
        </form>
      )}
      {kind !== 'code' && hasApp && (
        <Button look="quiet" onClick={() => setKind('code')}>
          Use your authenticator app
        </Button>
      )}
      {kind !== 'recoveryCode' && methods.includes('recovery-code') && (
        <Button look="quiet" onClick={() => setKind('recoveryCode')}>
          Use a recovery code
        </Button>
      )}
      <Button look="quiet" onClick={onBack}>
        {error instanceof ApiError && error.status === 401 ? 'Start again' : 'Back'}
      </Button>
    </OneColumn>
  );
}
