import { Button } from './button.js';
import styles from './show-more.module.css';

interface MoreProps {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** Under what is here of a list that comes in pages; nothing once all is here. */
export function ShowMore({ hasNextPage, isFetchingNextPage, fetchNextPage }: MoreProps) {
  if (!hasNextPage) return null;
  return (
    <div className={styles['more']}>
      <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchingNextPage ? 'Loading' : 'Show more'}
      </Button>
    </div>
  );
}
