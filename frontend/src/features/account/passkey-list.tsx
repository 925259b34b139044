import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, done, useApi } from '../../api/client.js';
import { createPasskey, type PasskeyObstacle, passkeyObstacle } from '../../api/passkeys.js';
import { fieldError } from '../../api/problem.js';
import type { Passkey } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { DeleteQuestion } from '../../ui/delete-question.js';
import { TextField } from '../../ui/field.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import line from '../../ui/line.module.css';
import { formatDate } from '../../ui/moment.js';
import { OutsideLink } from '../../ui/outside-link.js';
import styles from './security.module.css';

interface PasskeyListProps {
  passkeys: readonly Passkey[];
  /** The only address passkeys work at; null when that is where the page is. */
  address: string | null;
  /** With the recovery codes that came with a first factor. */
  onChanged: (codes?: readonly string[] | null) => void;
}

const obstacles = {
  insecure: 'Passkeys need an encrypted connection. Open Kinora at an address that begins with https.',
  address: 'Passkeys need a name instead of an IP address. Open Kinora by its name.',
  browser: 'This browser has no passkeys.',
} as const satisfies Record<PasskeyObstacle, string>;

export function PasskeyList({ passkeys, address, onChanged }: PasskeyListProps) {
  const isElsewhere = address !== null && address !== location.origin;
  const obstacle = isElsewhere ? null : passkeyObstacle();
  return (
    <>
      <ul>
        {passkeys.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} onRemoved={() => onChanged()} />
        ))}
      </ul>
      {isElsewhere && (
        <p>
          Passkeys work at <OutsideLink url={`${address}/account/security`}>{address}</OutsideLink> only.
        </p>
      )}
      {obstacle !== null && <p>{obstacles[obstacle]}</p>}
      {!isElsewhere && obstacle === null && <AddPasskey onAdded={onChanged} />}
    </>
  );
}

function AddPasskey({ onAdded }: { onAdded: (codes: readonly string[] | null) => void }) {
  const api = useApi();
  const add = useMutation({
    mutationFn: async (name: string) => {
      const made = await createPasskey(await answer(api.http.me.passkeys.options.$post()));
      return answer(api.http.me.passkeys.$post({ json: { ...made, name } }));
    },
    onSuccess: ({ recoveryCodes }) => onAdded(recoveryCodes),
  });
  const wrong = fieldError(add.error, 'name');
  return (
    <Form
      label="New passkey"
      onSubmit={(value, form) => add.mutate(value('name'), { onSuccess: () => form.reset() })}
    >
      <FormError error={wrong === undefined ? add.error : null} />
      <TextField
        label="Name of the new passkey"
        name="name"
        hint="For example the device it is on."
        maxLength={64}
        error={wrong}
        required
      />
      <FormActions>
        <Button type="submit" disabled={add.isPending}>
          Add a passkey
        </Button>
      </FormActions>
    </Form>
  );
}

function PasskeyRow({ passkey, onRemoved }: { passkey: Passkey; onRemoved: () => void }) {
  const api = useApi();
  const { id, name, createdAt, lastUsedAt, suspectedAt, address } = passkey;
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => done(api.http.me.passkeys[':id'].$delete({ param: { id } })),
    onSuccess: onRemoved,
  });
  const used = lastUsedAt === null ? 'not used yet' : `last used ${formatDate(lastUsedAt)}`;
  return (
    <li className={line['line']} data-testid="passkey">
      <div className={line['what']}>
        <p className={line['name']}>{name}</p>
        <p className={line['facts']}>
          Added {formatDate(createdAt)}, {used}, for {address}
        </p>
        {suspectedAt !== null && (
          <p className={styles['warning']}>
            A use was refused on {formatDate(suspectedAt)}, because this passkey may have been copied.
          </p>
        )}
        {asking && (
          <DeleteQuestion label={`Remove ${name}`} remove={remove} onKeep={() => setAsking(false)}>
            It will no longer sign you in.
          </DeleteQuestion>
        )}
      </div>
      {!asking && (
        <Button aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
          Remove
        </Button>
      )}
    </li>
  );
}
