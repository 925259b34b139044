import { useMutation } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { answer, useApi } from '../../api/client.js';
import { ApiError } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { formatAgo } from '../../ui/moment.js';
import { PlainPage } from '../../ui/plain-page.js';
import { EmptyState } from '../../ui/states.js';
import styles from './device.module.css';

type Decision = 'approve' | 'deny';

/** Where a code shown by a TV is typed, looked at and allowed. */
export function ApprovePage({ code, home }: { code: string; home: ReactNode }) {
  const api = useApi();
  const [typed, setTyped] = useState(code);
  const ask = (userCode: string, decision: 'look' | Decision) =>
    answer(api.http.auth.device.approve.$post({ json: { userCode, decision } }));
  const look = useMutation({
    mutationFn: async (userCode: string) => ({ ...(await ask(userCode, 'look')), seenAt: Date.now() }),
  });
  const decide = useMutation({
    mutationFn: async (decision: Decision) => {
      await ask(typed, decision);
      return decision;
    },
  });

  if (decide.isSuccess) {
    return (
      <PlainPage title="Sign in a device">
        <EmptyState
          icon={<Check aria-hidden />}
          title={decide.data === 'approve' ? 'Allowed' : 'Refused'}
          actions={home}
        >
          {decide.data === 'approve'
            ? 'The other screen signs in within a few seconds. You can sign it out again on your account page.'
            : 'The other screen stays signed out.'}
        </EmptyState>
      </PlainPage>
    );
  }
  const unknown = look.error instanceof ApiError && look.error.status === 404;
  return (
    <PlainPage title="Sign in a device">
      {look.data ? (
        <div className={styles['asking']}>
          <p>
            <strong>{look.data.device}</strong> at {look.data.address ?? 'an unknown address'} asked{' '}
            {formatAgo(look.data.askedAt, look.data.seenAt)} to sign in as you.
          </p>
          <p className={styles['hint']}>
            Allow it only if that screen is in front of you and shows {typed.toUpperCase()}.
          </p>
          <FormError error={decide.error} />
          <FormActions>
            <Button
              look="primary"
              disabled={decide.isPending}
              onClick={() => decide.mutate('approve')}
              autoFocus
            >
              Allow
            </Button>
            <Button disabled={decide.isPending} onClick={() => decide.mutate('deny')}>
              Refuse
            </Button>
          </FormActions>
        </div>
      ) : (
        <Form label="Code" onSubmit={() => look.mutate(typed)}>
          <FormError error={unknown ? null : look.error} />
          <TextField
            label="The code on the other screen"
            name="code"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            placeholder="BCDF-GHJK"
            error={unknown ? 'There is no such code, or it has expired.' : undefined}
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            maxLength={16}
            required
            autoFocus
          />
          <FormActions>
            <Button look="primary" type="submit" disabled={look.isPending}>
              Continue
            </Button>
          </FormActions>
        </Form>
      )}
    </PlainPage>
  );
}
