import type { List } from '../../api/types.js';
import { formatCount } from '../../ui/format.js';

const kinds = { watchlist: '', own: '', tmdb: 'follows TMDB', trakt: 'follows Trakt' } as const;

/** "12 titles · shared with the household". */
export function listFacts({ itemCount, kind, own, shared }: List): string {
  const whose = own ? (shared ? 'shared with the household' : '') : 'shared by somebody else';
  return [formatCount(itemCount, 'title'), kinds[kind], whose].filter((part) => part !== '').join(' · ');
}

/** Whether titles can be put on it and taken off here. */
export function isEditable({ own, kind }: List): boolean {
  return own && (kind === 'own' || kind === 'watchlist');
}
