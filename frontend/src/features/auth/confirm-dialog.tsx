import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { answer, useApi } from '../../api/client.js';
import { answerByPasskey, passkeyObstacle } from '../../api/passkeys.js';
import { fieldError } from '../../api/problem.js';
import type { Proof, ProofOptions } from '../../api/types.js';
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

type Kind = 'password' | 'code' | 'recoveryCode';

const fields = {
  password: { label: 'Your password', type: 'password', autoComplete: 'current-password' },
  code: {
    label: 'Code from your authenticator app',
    type: 'text',
    inputMode: 'numeric',
    autoComplete: 'one-time-code',
  },
  recoveryCode: {
    label: 'Recovery code',
    type: 'text',
    hint: 'Each of them works once.',
    autoComplete: 'off',
    autoCapitalize: 'none',
    spellCheck: false,
  },
} as const;

const switchLabels = {
  password: 'Use your password',
  code: 'Use a code',
  recoveryCode: 'Use a recovery code',
} as const satisfies Record<Kind, string>;

/** Returns what the server accepts from this account, the usual first. Null until that is known. */
function kindsOf(options: ProofOptions | undefined): Kind[] | null {
  if (options === undefined) return null;
  const accepted = { password: options.password, code: options.totp, recoveryCode: options.recoveryCode };
  return (['password', 'code', 'recoveryCode'] as const).filter((kind) => accepted[kind]);
}

function proofOf(kind: Kind, text: string): Proof {
  if (kind === 'password') return { password: text };
  return kind === 'code' ? { code: text } : { recoveryCode: text };
}

export function ConfirmForm({ onConfirmed }: { onConfirmed: () => void }) {
  const api = useApi();
  const [chosen, setChosen] = useState<Kind | null>(null);
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
  const choose = (other: Kind) => {
    prove.reset();
    setChosen(other);
  };
  const kinds = kindsOf(options.data);
  const hasPasskey = Boolean(options.data?.passkey) && passkeyObstacle() === null;
  const [usual = null] = kinds ?? [];
  // An account with passkeys alone is not asked for a recovery code before it chooses that.
  const kind = chosen ?? (hasPasskey && usual === 'recoveryCode' ? null : usual);
  const wrong = kind === null ? undefined : fieldError(prove.error, kind);
  const error = options.error ?? (wrong === undefined ? prove.error : null) ?? byPasskey.error;

  return (
    <Form
      label="Confirm that it is you"
      onSubmit={(value) => kind !== null && prove.mutate(proofOf(kind, value(kind)))}
    >
      <p>This needs a recent sign-in.</p>
      <FormError error={error} />
      {options.isPending && <p role="status">Loading…</p>}
      {kinds?.length === 0 && !hasPasskey && (
        <p>None of your passkeys works at this address, and you have no recovery codes left.</p>
      )}
      {kind !== null && (
        <TextField key={kind} name={kind} {...fields[kind]} error={wrong} required autoFocus />
      )}
      <FormActions>
        {kind !== null && (
          <Button look="primary" type="submit" disabled={prove.isPending}>
            Confirm
          </Button>
        )}
        {kinds
          ?.filter((other) => other !== kind)
          .map((other) => (
            <Button key={other} look="quiet" onClick={() => choose(other)}>
              {switchLabels[other]}
            </Button>
          ))}
      </FormActions>
      {hasPasskey && (
        <PasskeyButton
          label="Use a passkey"
          disabled={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        />
      )}
    </Form>
  );
}
