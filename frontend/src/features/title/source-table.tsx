import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { Source } from '../../api/types.js';
import { Button, buttonClass } from '../../ui/button.js';
import { formatBytes } from '../../ui/format.js';
import styles from './source-table.module.css';
import { type SortKey, sortKeys, sortSources, sourceFacts, sourceReasons } from './source-words.js';

const sortWords: Record<SortKey, string> = {
  best: 'Best',
  quality: 'Quality',
  size: 'Size',
  seeders: 'Seeders',
};

/** The film, or the episode of a series, that sources belong to, as the address of the player names it. */
export interface PlayedTitle {
  mediaId: string;
  season?: string;
  episode?: string;
}

interface SourceTableProps {
  sources: readonly Source[];
  title: PlayedTitle;
}

/** Every source with its reasons. On a phone the numbers move under the name. */
export function SourceTable({ sources, title }: SourceTableProps) {
  const [sort, setSort] = useState<SortKey>('best');
  const best = sources[0];
  return (
    <>
      <fieldset className={styles['sort']}>
        <legend className="visually-hidden">Sort by</legend>
        {sortKeys.map((key) => (
          <Button key={key} look="quiet" aria-pressed={sort === key} onClick={() => setSort(key)}>
            {sortWords[key]}
          </Button>
        ))}
      </fieldset>
      <table className={styles['table']} aria-label="Sources">
        <thead>
          <tr>
            <th scope="col">Release</th>
            <th scope="col" className={styles['wide']}>
              Quality
            </th>
            <th scope="col" className={clsx(styles['number'], styles['wide'])}>
              Size
            </th>
            <th scope="col" className={clsx(styles['number'], styles['wide'])}>
              Seeders
            </th>
            <th scope="col">
              <span className="visually-hidden">Play</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sortSources(sources, sort).map((source) => (
            <SourceRow key={source.id} source={source} title={title} isBest={source === best} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function SourceRow({ source, title, isBest }: { source: Source; title: PlayedTitle; isBest: boolean }) {
  const codecs = [source.videoCodec, source.audioCodec].filter(Boolean).join(' / ');
  return (
    <tr data-testid="source">
      <td className={styles['release']}>
        <p className={styles['name']}>{source.title}</p>
        <p className={styles['narrow']}>{sourceFacts(source)}</p>
        <p className={styles['why']}>
          {isBest && <span className={styles['best']}>Best choice. </span>}
          {[source.indexer, codecs, sourceReasons(source)].filter(Boolean).join(' · ')}
        </p>
      </td>
      <td className={styles['wide']}>{source.resolution ?? '–'}</td>
      <td className={clsx(styles['number'], styles['wide'])}>
        {source.sizeBytes === null ? '–' : formatBytes(source.sizeBytes)}
      </td>
      <td className={clsx(styles['number'], styles['wide'])}>{source.seeders ?? '–'}</td>
      <td>
        <Link
          to="/play"
          search={{ ...title, sourceId: source.id }}
          className={buttonClass({ icon: true })}
          aria-label={`Play ${source.title}`}
        >
          <Play aria-hidden fill="currentColor" />
        </Link>
      </td>
    </tr>
  );
}
