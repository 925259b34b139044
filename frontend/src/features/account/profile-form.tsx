import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, useApi } from '../../api/client.js';
import { fieldError } from '../../api/problem.js';
import type { User } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { SelectField } from '../../ui/select-field.js';

const languages = [
  ['', 'As this browser'],
  ['da', 'Dansk'],
  ['de', 'Deutsch'],
  ['en', 'English'],
  ['es', 'Español'],
  ['fr', 'Français'],
  ['it', 'Italiano'],
  ['nl', 'Nederlands'],
  ['nb', 'Norsk'],
  ['pl', 'Polski'],
  ['pt', 'Português'],
  ['pt-BR', 'Português (Brasil)'],
  ['fi', 'Suomi'],
  ['sv', 'Svenska'],
  ['tr', 'Türkçe'],
  ['cs', 'Čeština'],
  ['uk', 'Українська'],
  ['ja', '日本語'],
  ['ko', '한국어'],
  ['zh-CN', '中文'],
] as const;

export function ProfileForm({ user }: { user: User }) {
  const api = useApi();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (json: { username: string; language: string | null }) => answer(api.http.me.$patch({ json })),
    onSuccess: (changed) => {
      api.session.changeUser(changed);
      // Titles may read differently now.
      void queries.invalidateQueries();
    },
  });
  // A language that somebody set elsewhere stays choosable.
  const known = languages.some(([value]) => value === (user.language ?? ''));
  const options = known ? languages : [...languages, [user.language ?? '', user.language ?? ''] as const];
  const nameError = fieldError(save.error, 'username');

  return (
    <Form
      label="Profile"
      onSubmit={(value) => save.mutate({ username: value('username'), language: value('language') || null })}
    >
      <FormError error={nameError === undefined ? save.error : null} />
      <TextField
        label="User name"
        name="username"
        defaultValue={user.username}
        error={nameError}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <SelectField
        label="Language of titles and descriptions"
        name="language"
        defaultValue={user.language ?? ''}
        options={options}
      />
      <FormActions message={save.isSuccess ? 'Saved.' : undefined}>
        <Button type="submit" disabled={save.isPending}>
          {save.isPending ? 'Saving' : 'Save'}
        </Button>
      </FormActions>
    </Form>
  );
}
