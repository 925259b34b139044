import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, useApi } from '../../api/client.js';
import { fieldError } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';

export function PasswordForm({ username }: { username: string }) {
  const api = useApi();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (json: { currentPassword: string; password: string }) => answer(api.http.me.$patch({ json })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const errors = {
    currentPassword: fieldError(change.error, 'currentPassword'),
    password: fieldError(change.error, 'password'),
  };
  const isFieldError = Object.values(errors).some((error) => error !== undefined);

  return (
    <Form
      label="Password"
      onSubmit={(value, form) =>
        change.mutate(
          { currentPassword: value('currentPassword'), password: value('password') },
          { onSuccess: () => form.reset() },
        )
      }
    >
      <FormError error={isFieldError ? null : change.error} />
      {/* For password managers, which otherwise guess whose password this is. */}
      <input type="text" autoComplete="username" value={username} readOnly hidden />
      <TextField
        label="Current password"
        name="currentPassword"
        type="password"
        autoComplete="current-password"
        error={errors.currentPassword}
        required
      />
      <TextField
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        hint="At least 10 characters."
        error={errors.password}
        required
      />
      <FormActions message={change.isSuccess ? 'Changed. You are signed out everywhere else.' : undefined}>
        <Button type="submit" disabled={change.isPending}>
          {change.isPending ? 'Changing' : 'Change password'}
        </Button>
      </FormActions>
    </Form>
  );
}
