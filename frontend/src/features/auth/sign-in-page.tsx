import { useMutation } from '@tanstack/react-query';
import type { ReactNode, SyntheticEvent } from 'react';
import { answer, useApi } from '../../api/client.js';
import { ApiError } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { FormError } from '../../ui/form-error.js';
import { OneColumn } from '../../ui/one-column.js';

/** @param onSignedIn is told when the session is there; where to go next is not this page's business. */
export function SignInPage({ onSignedIn, otherWays }: { onSignedIn: () => void; otherWays?: ReactNode }) {
  const api = useApi();
  const signIn = useMutation({
    mutationFn: (json: { username: string; password: string }) => answer(api.http.auth.login.$post({ json })),
    onSuccess: (signedIn) => {
      api.session.adopt(signedIn);
      onSignedIn();
    },
  });

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn.mutate({ username: text(form, 'username'), password: text(form, 'password') });
  };

  return (
    <OneColumn title="Sign in">
      <title>Sign in · Kinora</title>
      <form onSubmit={submit}>
        <FormError error={signIn.error && wording(signIn.error)} />
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
      {otherWays}
    </OneColumn>
  );
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
