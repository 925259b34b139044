import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from './button.js';
import styles from './delete-question.module.css';
import { FormActions } from './form.js';
import { FormError } from './form-error.js';

interface DeleteQuestionProps {
  /** What will be gone, and what that means. */
  children: ReactNode;
  /** On the button that does it. */
  label: string;
  remove: UseMutationResult<void, Error, void>;
  onKeep: () => void;
}

/** Asks once more before something goes. */
export function DeleteQuestion({ children, label, remove, onKeep }: DeleteQuestionProps) {
  return (
    <div className={styles['question']}>
      <FormError error={remove.error} />
      <p>{children}</p>
      <FormActions>
        <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()} autoFocus>
          {label}
        </Button>
        <Button look="quiet" onClick={onKeep}>
          Keep
        </Button>
      </FormActions>
    </div>
  );
}

interface DeleteSectionProps extends Omit<DeleteQuestionProps, 'onKeep'> {
  /** On the button that makes it ask. */
  offer: string;
}

/** Under a form: offers to delete what the form is of, and asks in its place. */
export function DeleteSection({ offer, ...question }: DeleteSectionProps) {
  const [asking, setAsking] = useState(false);
  return (
    <div className={styles['section']}>
      {asking ? (
        <DeleteQuestion {...question} onKeep={() => setAsking(false)} />
      ) : (
        <Button look="danger" onClick={() => setAsking(true)}>
          {offer}
        </Button>
      )}
    </div>
  );
}
