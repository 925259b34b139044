import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { answer, useApi } from '../../api/client.js';
import { answerByPasskey, passkeyObstacle } from '../../api/passkeys.js';
import { fieldError } from '../../api/problem.js';
import type { Proof } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { PasskeyButton } from './passkey-button.js';

/** Opens when a request needs the user to confirm who they are. The request then goes on by itself. */
export function ConfirmDialog() {
  const { session } = useApi();
  const wanted = useSyncExternalStore(session.proofs.subscribe, session.proofs.isWanted);
  return (
    <Dialog open={wanted} onClose={() => session.proofs.settle(false)} title="Confirm that it is you">
      <ConfirmForm onConfirmed={() => session.proofs.settle(true)} />
    </Dialog>
  );
}

function ConfirmForm({ onConfirmed }: { onConfirmed: () => void }) {
  const api = useApi();
  const [byCode, setByCode] = useState(false);
  const options = useQuery({
    queryKey: ['proof-options'],
    queryFn: () => answer(api.http.auth.reauthenticate.options.$post()),
    staleTime: 0,
    gcTime: 0,
  });
  const prove = useMutation({
    mutationFn: (json: Proof) => answer(api.http.auth.reauthenticate.$post({ json })),
    onSuccess: onConfirmed,
  });
  const byPasskey = useMutation({
    mutationFn: async () => {
      // A fresh request: the one at hand may have been used up by an earlier try.
      const { passkey } = await answer(api.http.auth.reauthenticate.options.$post());
      if (passkey === null) throw new Error('None of your passkeys works at this address.');
      const json = { passkey: await answerByPasskey(passkey) };
      await answer(api.http.auth.reauthenticate.$post({ json }));
    },
    onSuccess: onConfirmed,
  });
  const name = byCode ? 'code' : 'password';
  const wrong = fieldError(prove.error, name);

  return (
    <Form
      label="Confirm that it is you"
      onSubmit={(value) => prove.mutate(byCode ? { code: value('code') } : { password: value('password') })}
    >
      <p>This needs a recent sign-in.</p>
      <FormError error={(wrong === undefined ? prove.error : null) ?? byPasskey.error} />
      {byCode ? (
        <TextField
          key="code"
          label="Code from your authenticator app"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          error={wrong}
          required
          autoFocus
        />
      ) : (
        <TextField
          key="password"
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          error={wrong}
          required
          autoFocus
        />
      )}
      <FormActions>
        <Button look="primary" type="submit" disabled={prove.isPending}>
          Confirm
        </Button>
        {options.data?.totp === true && (
          <Button look="quiet" onClick={() => setByCode(!byCode)}>
            {byCode ? 'Use your password' : 'Use a code'}
          </Button>
        )}
      </FormActions>
      {options.data?.passkey && passkeyObstacle() === null && (
        <PasskeyButton
          label="Use a passkey"
          disabled={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        />
      )}
    </Form>
  );
}
