import { useMutation } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import { ApiError } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { FormError } from '../../ui/form-error.js';
import { OneColumn } from '../../ui/one-column.js';

const names = ['code', 'username', 'password'] as const;
type Field = (typeof names)[number];

/** First run: whoever holds the code from the server's console becomes the administrator. */
export function SetUpPage({ onSignedIn }: { onSignedIn: () => void }) {
  const api = useApi();
  const [values, setValues] = useState<Record<Field, string>>({ code: '', username: '', password: '' });
  const create = useMutation({
    mutationFn: (json: Record<Field, string>) => answer(api.http.setup.$post({ json })),
    onSuccess: (signedIn) => {
      api.session.adopt(signedIn);
      onSignedIn();
    },
  });

  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate(values);
  };
  const field = (name: Field) => ({
    name,
    required: true,
    value: values[name],
    error: messageFor(name, create.error),
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value }),
  });

  return (
    <OneColumn title="Welcome to Kinora" lead="Create the first account. It looks after this server.">
      <title>Set up · Kinora</title>
      <form onSubmit={submit}>
        <FormError error={names.some((name) => messageFor(name, create.error)) ? null : create.error} />
        <TextField
          {...field('code')}
          label="Set-up code"
          hint="The server printed it when it started."
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
        />
        <TextField
          {...field('username')}
          label="User name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
        />
        <TextField
          {...field('password')}
          label="Password"
          hint="At least 10 characters."
          type="password"
          autoComplete="new-password"
        />
        <Button look="primary" large type="submit" disabled={create.isPending}>
          {create.isPending ? 'Creating the account' : 'Create account'}
        </Button>
      </form>
    </OneColumn>
  );
}

/** What the server says of a field. A wrong code comes as 403 without fields, and belongs to the code. */
function messageFor(name: Field, error: Error | null): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (name === 'code' && error.status === 403) return error.message;
  const message = error.fieldMessage(name);
  return message && `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}
