import { CircleAlert, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.js';
import { CopyButton } from './copy-button.js';
import styles from './states.module.css';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** Nothing here: why, and the next step. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className={styles['state']}>
      {icon !== undefined && <span className={styles['icon']}>{icon}</span>}
      <h2 className={styles['title']}>{title}</h2>
      {children !== undefined && <div className={styles['text']}>{children}</div>}
      {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
    </div>
  );
}

interface ErrorStateProps {
  /** What did not work, in the page's words: "The home page could not be loaded". */
  title: string;
  error: Error;
  onRetry?: (() => void) | undefined;
  actions?: ReactNode;
}

/** What happened, what to do, and the number under which the server's log knows it. */
export function ErrorState({ title, error, onRetry, actions }: ErrorStateProps) {
  return (
    <div className={styles['state']} role="alert">
      <CircleAlert aria-hidden className={styles['icon']} />
      <h2 className={styles['title']}>{title}</h2>
      <p className={styles['text']}>{error.message}</p>
      <RequestId error={error} />
      {(onRetry !== undefined || actions !== undefined) && (
        <div className={styles['actions']}>
          {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
          {actions}
        </div>
      )}
    </div>
  );
}

/** The request's id with a button to copy it; nothing for errors that have none. */
export function RequestId({ error }: { error: Error }) {
  if (!('requestId' in error) || typeof error.requestId !== 'string') return null;
  return (
    <p className={styles['request']}>
      Request <code>{error.requestId}</code>
      <CopyButton text={error.requestId} label="Copy request id" />
    </p>
  );
}

/** A quiet line above the content. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <p className={styles['notice']} role="status">
      <Info aria-hidden />
      <span>{children}</span>
    </p>
  );
}
