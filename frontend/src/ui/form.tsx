import type { ReactNode, SyntheticEvent } from 'react';
import styles from './form.module.css';

/** The fields of a form as texts. */
export type FormValues = (name: string) => string;

interface FormProps {
  onSubmit: (value: FormValues, form: HTMLFormElement) => void;
  label: string;
  children: ReactNode;
}

/** A column of fields. */
export function Form({ onSubmit, label, children }: FormProps) {
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    onSubmit((name) => {
      const value = data.get(name);
      return typeof value === 'string' ? value : '';
    }, form);
  };
  return (
    <form className={styles['form']} onSubmit={submit} aria-label={label}>
      {children}
    </form>
  );
}

/** The buttons under a form, and what came of the last one. */
export function FormActions({ children, message }: { children: ReactNode; message?: string | undefined }) {
  return (
    <div className={styles['actions']}>
      {children}
      <p className={styles['message']} role="status">
        {message}
      </p>
    </div>
  );
}
