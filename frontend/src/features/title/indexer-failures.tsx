import type { SourceList } from '../../api/types.js';
import styles from './indexer-failures.module.css';

/** Who was asked in vain, by name. */
export function IndexerFailures({ indexers }: { indexers: SourceList['indexers'] }) {
  const failed = indexers.filter(({ ok }) => !ok);
  if (failed.length === 0) return null;
  return (
    <ul className={styles['failures']} aria-label="Indexers that failed">
      {failed.map(({ name, message }) => (
        <li key={name}>
          {name}: {message ?? 'no answer'}
        </li>
      ))}
    </ul>
  );
}
