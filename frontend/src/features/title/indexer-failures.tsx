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

/** Who is still being asked; nothing when everyone has answered. */
export function IndexersAsked({ indexers }: { indexers: SourceList['indexers'] }) {
  const asked = indexers.filter(({ state }) => state === 'asking').map(({ name }) => name);
  if (asked.length === 0) return null;
  return (
    <p className={styles['asked']} role="status">
      Still asking {asked.join(', ')}
    </p>
  );
}

/** What was found and is not offered, and why, for those who wonder. */
export function RefusedReleases({ refused }: { refused: SourceList['refused'] }) {
  if (refused.length === 0) return null;
  return (
    <details className={styles['refused']}>
      <summary>{refused.length === 1 ? '1 release left out' : `${refused.length} releases left out`}</summary>
      <ul>
        {refused.map(({ title, indexer, reason }) => (
          <li key={`${indexer}:${title}`}>
            <span dir="auto">{title}</span>
            <span className={styles['reason']}>
              {indexer}: {reason}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
