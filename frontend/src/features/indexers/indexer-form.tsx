import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, done, useApi } from '../../api/client.js';
import { fieldError } from '../../api/problem.js';
import type { Indexer, IndexerKind } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { DeleteSection } from '../../ui/delete-question.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions, type FormValues } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { SelectField } from '../../ui/select-field.js';

interface IndexerFormProps {
  indexer: Indexer | null;
  kinds: readonly IndexerKind[];
  onDone: () => void;
}

const splitList = (text: string) => text.split(/[\s,]+/).filter((part) => part !== '');

/** Adds an indexer, or changes one that was added. */
export function IndexerForm({ indexer, kinds, onDone }: IndexerFormProps) {
  const api = useApi();
  const queries = useQueryClient();
  const [kindName, setKindName] = useState(indexer?.kind ?? kinds.at(-1)?.kind ?? '');
  const kind = kinds.find(({ kind: name }) => name === kindName);
  const save = useMutation({
    mutationFn: async (value: FormValues) => {
      const apiKey = value('apiKey').trim();
      const facts = {
        name: value('name'),
        urls: splitList(value('urls')),
        categories: splitList(value('categories')).map(Number),
      };
      if (indexer !== null) {
        const json = { ...facts, ...(apiKey !== '' && { apiKey }) };
        return answer(api.http.admin.indexers[':id'].$patch({ param: { id: indexer.id }, json }));
      }
      const json = { ...facts, kind: kindName, apiKey: apiKey === '' ? null : apiKey };
      return answer(api.http.admin.indexers.$post({ json }));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['indexers'] });
      onDone();
    },
  });
  const error = (name: string) => fieldError(save.error, name);
  const isFieldError = ['name', 'urls', 'apiKey', 'categories'].some((name) => error(name) !== undefined);
  return (
    <>
      <Form label={indexer === null ? 'New indexer' : 'Indexer'} onSubmit={(value) => save.mutate(value)}>
        <FormError error={isFieldError ? null : save.error} />
        {indexer === null && (
          <SelectField
            label="Kind"
            name="kind"
            value={kindName}
            options={kinds.map(({ kind: name, label }) => [name, label])}
            onChange={(event) => setKindName(event.target.value)}
          />
        )}
        <TextField
          label="Name"
          name="name"
          defaultValue={indexer?.name ?? ''}
          error={error('name')}
          autoComplete="off"
          maxLength={64}
          required
        />
        <TextField
          label={kind?.takesSeveralUrls ? 'Addresses' : 'Address'}
          name="urls"
          defaultValue={indexer?.urls.join(' ') ?? ''}
          hint={
            kind?.takesSeveralUrls
              ? 'With http:// or https://, separated by spaces. They are tried in order.'
              : 'With http:// or https://, as the indexer shows it.'
          }
          error={error('urls')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        {kind?.takesApiKey && (
          <>
            <TextField
              label="API key"
              name="apiKey"
              type="password"
              autoComplete="new-password"
              hint={
                indexer?.hasApiKey
                  ? 'Leave it empty to keep the one it has. It is never shown again.'
                  : 'It stays on this server and is kept sealed.'
              }
              error={error('apiKey')}
            />
            <TextField
              label="Categories"
              name="categories"
              defaultValue={indexer?.categories.join(' ') ?? ''}
              hint="Numbers such as 2000 for films. Leave it empty for the usual ones."
              error={error('categories')}
              autoComplete="off"
              inputMode="numeric"
            />
          </>
        )}
        <FormActions>
          <Button look="primary" type="submit" disabled={save.isPending}>
            {indexer === null ? 'Add indexer' : 'Save'}
          </Button>
          <Button look="quiet" onClick={onDone}>
            Cancel
          </Button>
        </FormActions>
      </Form>
      {indexer !== null && <DeleteIndexer indexer={indexer} onDone={onDone} />}
    </>
  );
}

function DeleteIndexer({ indexer, onDone }: { indexer: Indexer; onDone: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => done(api.http.admin.indexers[':id'].$delete({ param: { id: indexer.id } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['indexers'] });
      onDone();
    },
  });
  return (
    <DeleteSection offer="Delete indexer" label={`Delete ${indexer.name}`} remove={remove}>
      {indexer.name} will not be asked any more, and its key is forgotten.
    </DeleteSection>
  );
}
