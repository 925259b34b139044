import type { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import { askProvider, checkDeadlineMs } from '../../services/settings/ask-provider.js';
import type { Finding } from '../../services/settings/finding.js';
import { YtsIndexer } from './yts.indexer.js';

/** Whether a YTS-compatible API answers at this address, asked by the way that searches take. */
export function checkYts(
  baseUrl: string,
  version: string,
  dispatcher: PermittedDispatcher,
): Promise<Finding> {
  return askProvider(
    'YTS',
    version,
    async (http) => {
      const downloads = { fetch: () => Promise.reject(new Error('a check fetches nothing')) };
      const tools = { createHttp: () => http, downloads };
      const indexer = new YtsIndexer({ name: 'YTS', tools, mirrors: [{ baseUrl, http }] });
      await indexer.test({ signal: AbortSignal.timeout(checkDeadlineMs) });
      return `${baseUrl} answers`;
    },
    { dispatcher },
  );
}
