import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, done, useApi } from '../../api/client.js';
import { fieldError } from '../../api/problem.js';
import type { ManagedUser } from '../../api/types.js';
import { useSessionState } from '../../api/use-session.js';
import { Button } from '../../ui/button.js';
import { DeleteSection } from '../../ui/delete-question.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions, type FormValues } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { SelectField } from '../../ui/select-field.js';
import styles from './users-page.module.css';

const roleOptions = [
  ['user', 'Member: sees and plays everything'],
  ['child', 'Child: up to an age'],
  ['admin', 'Administrator: also looks after this server'],
] as const;
type Role = (typeof roleOptions)[number][0];

const ages = [0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17].map(
  (age) => [String(age), age === 0 ? 'Only what is for everyone' : `Up to ${age} years`] as const,
);

/** Makes an account, or changes one. */
export function UserForm({ user, onDone }: { user: ManagedUser | null; onDone: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const state = useSessionState(api.session);
  const isSelf = state.status === 'signed-in' && state.user.id === user?.id;
  const [role, setRole] = useState<Role>(user?.role ?? 'user');
  const save = useMutation({
    mutationFn: async (value: FormValues) => {
      const password = value('password');
      const account = {
        username: value('username'),
        role,
        ageLimit: role === 'child' ? Number(value('ageLimit')) : null,
      };
      if (user === null) return answer(api.http.users.$post({ json: { ...account, password } }));
      const json = {
        ...account,
        ...(password !== '' && { password }),
        ...(!isSelf && { disabled: value('disabled') === 'on' }),
      };
      return answer(api.http.users[':id'].$patch({ param: { id: user.id }, json }));
    },
    onSuccess: (changed) => {
      if (isSelf) api.session.changeUser(changed);
      void queries.invalidateQueries({ queryKey: ['users'] });
      onDone();
    },
  });
  const error = (name: string) => fieldError(save.error, name);
  const isFieldError = ['username', 'password', 'ageLimit'].some((name) => error(name) !== undefined);

  return (
    <>
      <Form label={user === null ? 'New user' : 'User'} onSubmit={(value) => save.mutate(value)}>
        <FormError error={isFieldError ? null : save.error} />
        <TextField
          label="User name"
          name="username"
          defaultValue={user?.username ?? ''}
          error={error('username')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        {!isSelf && (
          <TextField
            label={user === null ? 'Password' : 'New password'}
            name="password"
            type="password"
            autoComplete="new-password"
            hint={
              user === null
                ? 'At least 10 characters.'
                : 'Leave it empty to keep the old one. A new one signs the user out everywhere.'
            }
            error={error('password')}
            required={user === null}
          />
        )}
        <SelectField
          label="Role"
          name="role"
          value={role}
          options={roleOptions}
          onChange={(event) =>
            setRole(roleOptions.find(([value]) => value === event.target.value)?.[0] ?? 'user')
          }
        />
        {role === 'child' && (
          <SelectField
            label="Films and series"
            name="ageLimit"
            defaultValue={String(user?.ageLimit ?? 6)}
            options={ages}
            hint="By the age rating of each title. What has none is hidden."
            error={error('ageLimit')}
          />
        )}
        {user !== null && !isSelf && (
          <label className={styles['switch']}>
            <input type="checkbox" name="disabled" defaultChecked={user.disabled} />
            Disabled: cannot sign in
          </label>
        )}
        <FormActions>
          <Button look="primary" type="submit" disabled={save.isPending}>
            {user === null ? 'Create user' : 'Save'}
          </Button>
          <Button look="quiet" onClick={onDone}>
            Cancel
          </Button>
        </FormActions>
      </Form>
      {user !== null && !isSelf && <DeleteUser user={user} onDone={onDone} />}
    </>
  );
}

/** What goes cannot be brought back. */
function DeleteUser({ user, onDone }: { user: ManagedUser; onDone: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => done(api.http.users[':id'].$delete({ param: { id: user.id } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['users'] });
      onDone();
    },
  });
  return (
    <DeleteSection offer="Delete user" label={`Delete ${user.username}`} remove={remove}>
      {user.username} and all that belongs to this account will be gone for good.
    </DeleteSection>
  );
}
