import type { Setting } from '../../api/types.js';
import { TextField } from '../../ui/field.js';
import { SelectField } from '../../ui/select-field.js';

interface SettingFieldProps {
  setting: Setting;
  label: string;
  error?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  autoFocus?: boolean;
}

/** The input that fits a setting. What is there of a secret is never shown, so its field begins empty. */
export function SettingField({ setting, label, error, value, onChange, autoFocus }: SettingFieldProps) {
  const { kind, choices, secret, allowed } = setting;
  const change = (event: { target: { value: string } }) => onChange(event.target.value);
  if (kind === 'switch' || kind === 'choice') {
    const options = kind === 'switch' ? (['on', 'off'] as const) : choices;
    return (
      <SelectField
        label={label}
        name={setting.name}
        value={value}
        options={options.map((option) => [option, option] as const)}
        error={error}
        onChange={change}
        {...(autoFocus && { autoFocus })}
      />
    );
  }
  return (
    <TextField
      label={label}
      name={setting.name}
      value={value}
      hint={`Allowed: ${allowed}.`}
      error={error}
      type={secret ? 'password' : 'text'}
      autoComplete={secret ? 'new-password' : 'off'}
      autoCapitalize="none"
      spellCheck={false}
      onChange={change}
      {...(autoFocus && { autoFocus })}
    />
  );
}
