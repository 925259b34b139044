import { useMutation } from '@tanstack/react-query';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { type ApiClient, answer, useApi } from '../../api/client.js';
import { answerByPasskey, passkeyObstacle } from '../../api/passkeys.js';
import { ApiError, readProblem } from '../../api/problem.js';
import type { SecondFactorRequired, SignedIn } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { FormError } from '../../ui/form-error.js';
import { OneColumn } from '../../ui/one-column.js';
import { PasskeyButton } from './passkey-button.js';
import { SecondStep } from './second-step.js';

/** @param onSignedIn is told when the session is there; where to go next is not this page's business. */
export function SignInPage({ onSignedIn, otherWays }: { onSignedIn: () => void; otherWays?: ReactNode }) {
  const api = useApi();
  const [step, setStep] = useState<SecondFactorRequired | null>(null);
  const adopt = (signedIn: SignedIn) => {
    api.session.adopt(signedIn);
    onSignedIn();
  };
  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => login(api, credentials),
    onSuccess: (outcome) => ('ticket' in outcome ? setStep(outcome) : adopt(outcome)),
  });
  const byPasskey = useMutation({
    mutationFn: async () => {
      const request = await answer(api.http.auth.passkey.options.$post());
      return answer(api.http.auth.passkey.$post({ json: await answerByPasskey(request) }));
    },
    onSuccess: adopt,
  });

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ username: text(form, 'username'), password: text(form, 'password') });
  };

  if (step !== null) return <SecondStep step={step} onSignedIn={adopt} onBack={() => setStep(null)} />;
  return (
    <OneColumn title="Sign in">
      <title>Sign in · Kinora</title>
      <form onSubmit={submit}>
        <FormError error={(signIn.error && wording(signIn.error)) ?? byPasskey.error} />
        <TextField
          label="User name"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <Button look="primary" large type="submit" disabled={signIn.isPending}>
          {signIn.isPending ? 'Signing in' : 'Sign in'}
        </Button>
      </form>
      {passkeyObstacle() === null && (
        <PasskeyButton
          label="Sign in with a passkey"
          disabled={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        />
      )}
      {otherWays}
    </OneColumn>
  );
}

interface Credentials {
  username: string;
  password: string;
}

/** The right password signs in, or leads to the second step. */
async function login(api: ApiClient, json: Credentials): Promise<SignedIn | SecondFactorRequired> {
  const response = await api.http.auth.login.$post({ json });
  if (response.status === 200) return response.json();
  const copy = response.clone();
  if (response.status === 401) {
    // A proxy may have answered in HTML.
    const problem = await response.json().catch(() => null);
    if (problem !== null && 'ticket' in problem) return problem;
  }
  throw await readProblem(copy);
}

/** A wrong password is no incident: no request id, plain words. */
function wording(error: Error): Error {
  if (error instanceof ApiError && error.status === 401) return new Error('User name or password is wrong.');
  return error;
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
