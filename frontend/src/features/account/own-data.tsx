import { useMutation } from '@tanstack/react-query';
import { done, useApi } from '../../api/client.js';
import { readProblem } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { DeleteSection } from '../../ui/delete-question.js';
import { FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import styles from './security.module.css';

/** Downloads everything stored about the account, or deletes it. */
export function OwnData({ username }: { username: string }) {
  const api = useApi();
  const download = useMutation({
    mutationFn: async () => {
      const response = await api.http.me.export.$get();
      if (!response.ok) throw await readProblem(response);
      save(await response.blob(), 'kinora-account.json');
    },
  });
  const remove = useMutation({
    mutationFn: () => done(api.http.me.$delete()),
    onSuccess: () => api.session.forget(),
  });
  return (
    <div className={styles['block']}>
      <FormError error={download.error} />
      <FormActions message={download.isSuccess ? 'Downloaded.' : undefined}>
        <Button disabled={download.isPending} onClick={() => download.mutate()}>
          {download.isPending ? 'Downloading' : 'Download your data'}
        </Button>
      </FormActions>
      <DeleteSection offer="Delete your account" label={`Delete ${username}`} remove={remove}>
        Your account, your history, lists and ratings will be gone for good. You are signed out everywhere.
      </DeleteSection>
    </div>
  );
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
