import type { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import { withoutKey } from '../../services/indexers/configured-indexers.js';
import { askProvider } from '../../services/settings/ask-provider.js';
import type { Finding } from '../../services/settings/finding.js';
import { TorznabIndexer } from './torznab.indexer.js';

/** The sites behind a Torznab server are asked on the spot. Milliseconds. */
const deadlineMs = 20_000;

/** Whether a Torznab server answers at this address and takes the key in it, asked by the way that searches take. */
export function checkTorznab(
  address: string,
  version: string,
  dispatcher: PermittedDispatcher,
): Promise<Finding> {
  const { url, apiKey } = withoutKey(address);
  return askProvider(
    'Torznab',
    version,
    async (http) => {
      const downloads = { fetch: () => Promise.reject(new Error('a check fetches nothing')) };
      const settings = { name: 'Torznab', urls: [url], apiKey, categories: [] };
      const indexer = new TorznabIndexer(settings, { createHttp: () => http, downloads });
      const answer = await indexer.test({ signal: AbortSignal.timeout(deadlineMs) });
      return `${url}: ${answer}`;
    },
    { dispatcher },
  );
}
