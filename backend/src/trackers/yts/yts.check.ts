import type { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import { askProvider, checkDeadlineMs } from '../../services/settings/ask-provider.js';
import type { Finding } from '../../services/settings/finding.js';
import { YtsTracker } from './yts.tracker.js';

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
      const film = { imdbId: null, title: 'Sintel', originalTitle: 'Sintel', year: 2010 };
      await new YtsTracker([{ baseUrl, http }]).search(film, {
        signal: AbortSignal.timeout(checkDeadlineMs),
      });
      return `${baseUrl} answers`;
    },
    { dispatcher },
  );
}
