import type { Source, SourceList } from '../../api/types.js';
import { formatBytes, formatCount } from '../../ui/format.js';

/** "1080p, 1.4 GB, 214 seeders": only what is known. */
export function sourceFacts(source: Source): string {
  return [
    source.resolution,
    source.sizeBytes === null ? null : formatBytes(source.sizeBytes),
    source.seeders === null ? null : formatCount(source.seeders, 'seeder'),
  ]
    .filter((fact) => fact !== null && fact !== '')
    .join(', ');
}

export function sourceReasons(source: Source): string {
  return source.reasons.join(', ');
}

/** A line of its own: "1080p, plays directly, 214 seeders, 1.4 GB": why this one, and how much of it there is. */
export function sourcePromise(source: Source): string {
  const size = source.sizeBytes === null ? [] : [formatBytes(source.sizeBytes)];
  const promise = [...source.reasons, ...size].join(', ');
  return promise.charAt(0).toUpperCase() + promise.slice(1);
}

export interface NoSources {
  title: string;
  text: string;
}

/** Why there is nothing to play, and what to do about it. */
export function whyNoSources(list: SourceList, what: 'film' | 'episode' = 'film'): NoSources {
  const { title, text } = whyNothing(list, what);
  return { title, text: [text, ...list.notes].join(' ') };
}

function whyNothing({ indexers }: SourceList, what: string): NoSources {
  if (indexers.length === 0) {
    return {
      title: 'No indexer is configured',
      text: 'Nobody was asked for releases. An administrator can add indexers, or open a magnet link or a .torrent file.',
    };
  }
  const failed = indexers.filter(({ ok }) => !ok);
  if (failed.length === indexers.length) {
    return {
      title: failed.length === 1 ? 'The indexer did not answer' : 'No indexer answered',
      text: 'Try again in a moment, or open a magnet link or a .torrent file.',
    };
  }
  return {
    title: 'No release found',
    text: `${indexers.map(({ name }) => name).join(', ')} ${indexers.length === 1 ? 'knows' : 'know'} no release of this ${what}.`,
  };
}

export const sortKeys = ['best', 'quality', 'size', 'seeders'] as const;
export type SortKey = (typeof sortKeys)[number];

/** A sorted copy. `best` is the server's own order; the others put the most first and the unknown last. */
export function sortSources(sources: readonly Source[], key: SortKey): Source[] {
  if (key === 'best') return [...sources];
  return [...sources].sort((a, b) => amount(b, key) - amount(a, key));
}

function amount(source: Source, key: Exclude<SortKey, 'best'>): number {
  switch (key) {
    case 'quality':
      return Number.parseInt(source.resolution ?? '', 10) || -1;
    case 'size':
      return source.sizeBytes ?? -1;
    case 'seeders':
      return source.seeders ?? -1;
  }
}
