import { useState } from 'react';
import { fieldError } from '../../api/problem.js';
import type { Setting } from '../../api/types.js';
import { Button } from '../../ui/button.js';
import { Form, FormActions } from '../../ui/form.js';
import { FormError } from '../../ui/form-error.js';
import { Findings } from './findings.js';
import { SettingField } from './setting-field.js';
import { mayForce, useChangeSettings, useTestSettings } from './settings.queries.js';
import styles from './settings-page.module.css';

interface SettingFormProps {
  setting: Setting;
  canBeTested: boolean;
  onDone: () => void;
}

/** Changes one setting: try it, keep it, or leave it to the file or the default again. */
export function SettingForm({ setting, canBeTested, onDone }: SettingFormProps) {
  const { name, meaning, secret, fallback, isStored, live } = setting;
  const [text, setText] = useState(setting.value ?? '');
  const change = useChangeSettings(onDone);
  const test = useTestSettings(setting.group);
  const values = { [name]: text.trim() };
  const error = change.error ?? test.error;
  const wrong = fieldError(error, `values.${name}`);
  const isEmptySecret = secret && text === '';
  const edit = (value: string) => {
    setText(value);
    change.reset();
    test.reset();
  };

  return (
    <Form label={name} onSubmit={() => change.mutate({ values })}>
      <p className={styles['soft']}>
        {meaning}. {live ? 'A change holds at once.' : 'A change holds from the next start on.'}
      </p>
      <FormError error={wrong === undefined ? error : null} />
      <SettingField
        setting={setting}
        label={secret && setting.isSet ? 'New value' : 'Value'}
        error={wrong}
        value={text}
        onChange={edit}
        autoFocus
      />
      <Findings findings={test.data?.findings} />
      <FormActions>
        <Button look="primary" type="submit" disabled={change.isPending || isEmptySecret}>
          {change.isPending ? 'Trying it' : 'Save'}
        </Button>
        {mayForce(change.error) && (
          <Button disabled={change.isPending} onClick={() => change.mutate({ values, force: true })}>
            Save anyway
          </Button>
        )}
        {canBeTested && (
          <Button disabled={test.isPending || isEmptySecret} onClick={() => test.mutate(values)}>
            {test.isPending ? 'Trying it' : 'Test'}
          </Button>
        )}
        {isStored && (
          <Button
            look="quiet"
            disabled={change.isPending}
            onClick={() => change.mutate({ values: { [name]: null } })}
          >
            {secret ? 'Remove' : fallback === null ? 'Unset' : `Back to ${fallback}`}
          </Button>
        )}
        <Button look="quiet" onClick={onDone}>
          Cancel
        </Button>
      </FormActions>
    </Form>
  );
}
