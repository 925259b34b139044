import { clsx } from 'clsx';
import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, useId, useState } from 'react';
import { Button } from './button.js';
import styles from './field.module.css';

interface FieldProps extends Omit<ComponentProps<'input'>, 'id' | 'className'> {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

/** A labelled input; its hint and its error belong to it for assistive technology too. */
export function TextField({ label, hint, error, type, ...rest }: FieldProps) {
  const id = useId();
  const [revealed, setRevealed] = useState(false);
  const isPassword = type === 'password';
  return (
    <div className={styles['field']}>
      <label className={styles['label']} htmlFor={id}>
        {label}
      </label>
      <div className={styles['box']}>
        <input
          id={id}
          className={clsx(styles['input'], isPassword && styles['reveals'])}
          type={isPassword && revealed ? 'text' : type}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-hint ${id}-error`}
          {...rest}
        />
        {isPassword && (
          <Button
            look="quiet"
            icon
            className={styles['reveal']}
            aria-label={revealed ? 'Hide password' : 'Show password'}
            aria-pressed={revealed}
            onClick={() => setRevealed(!revealed)}
          >
            {revealed ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </Button>
        )}
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles['hint']}>
          {hint}
        </p>
      )}
      <p id={`${id}-error`} className={styles['error']} role="alert" hidden={error === undefined}>
        {error}
      </p>
    </div>
  );
}
