import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './button.js';
import styles from './dialog.module.css';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** `sheet` stands at the right edge, full height. */
  shape?: 'centre' | 'sheet';
  children: ReactNode;
}

/**
 * A modal dialog on the browser's own `<dialog>`: focus stays inside, Escape closes, focus returns. Library
 * dialogs put a style element into the page, which the content security policy does not allow.
 */
export function Dialog({ open, ...rest }: DialogProps) {
  return open && <OpenDialog {...rest} />;
}

function OpenDialog({ onClose, title, shape = 'centre', children }: Omit<DialogProps, 'open'>) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  // A layout effect: the dialog gives the focus back when it closes, and for that it must still be in the page.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  return (
    // The click that counts is the one on the backdrop; for keys there is Escape.
    <dialog
      ref={ref}
      className={clsx(styles['dialog'], styles[shape])}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className={styles['head']}>
        <h2 id={titleId} className={styles['title']}>
          {title}
        </h2>
        <Button look="quiet" icon aria-label="Close" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </div>
      <div className={styles['body']}>{children}</div>
    </dialog>
  );
}
