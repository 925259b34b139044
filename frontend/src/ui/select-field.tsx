import { ChevronDown } from 'lucide-react';
import { type ComponentProps, useId } from 'react';
import field from './field.module.css';
import styles from './select-field.module.css';

interface SelectFieldProps extends Omit<ComponentProps<'select'>, 'id' | 'className'> {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** Value and words, in the order to show. */
  options: readonly (readonly [value: string, words: string])[];
}

/** A labelled choice. The browser's own list: it works with every key and on every phone. */
export function SelectField({ label, hint, error, options, ...rest }: SelectFieldProps) {
  const id = useId();
  return (
    <div className={field['field']}>
      <label className={field['label']} htmlFor={id}>
        {label}
      </label>
      <div className={field['box']}>
        <select
          id={id}
          className={`${field['input']} ${styles['select']}`}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-hint ${id}-error`}
          {...rest}
        >
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <ChevronDown aria-hidden className={styles['arrow']} />
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={field['hint']}>
          {hint}
        </p>
      )}
      <p id={`${id}-error`} className={field['error']} role="alert" hidden={error === undefined}>
        {error}
      </p>
    </div>
  );
}
