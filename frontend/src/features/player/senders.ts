import type { PlaybackState } from '../../api/types.js';
import { formatCount } from '../../ui/format.js';

/** Who sends the film: "3 peers", "1 server", "3 peers and 1 server". */
export function sendersOf({ peers, webSeeds }: Pick<PlaybackState, 'peers' | 'webSeeds'>): string {
  const servers = webSeeds > 0 ? [formatCount(webSeeds, 'server')] : [];
  return [...(peers > 0 || webSeeds === 0 ? [formatCount(peers, 'peer')] : []), ...servers].join(' and ');
}
