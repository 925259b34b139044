import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { UnreachableError } from '../api/problem.js';
import { Brand } from '../ui/brand.js';
import { buttonClass } from '../ui/button.js';
import { EmptyState, ErrorState } from '../ui/states.js';
import styles from './error-page.module.css';

/** When a whole page fails: the server is away, or the page has a fault. */
export function ErrorPage({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <main className={styles['page']}>
      <title>Kinora</title>
      <Brand />
      <ErrorState
        title={error instanceof UnreachableError ? 'The server does not answer' : 'This page did not work'}
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={() => void router.invalidate()}
      />
    </main>
  );
}

export function NotFoundPage() {
  return (
    <main className={styles['page']}>
      <title>Not found · Kinora</title>
      <EmptyState
        title="There is nothing at this address"
        actions={
          <Link to="/" className={buttonClass()}>
            Home
          </Link>
        }
      >
        The link may be old or mistyped.
      </EmptyState>
    </main>
  );
}

/** The first moment, when it takes longer than one notices. */
export function Starting() {
  return (
    <main className={styles['page']} aria-busy="true">
      <span className={styles['starting']}>
        <Brand />
      </span>
    </main>
  );
}
