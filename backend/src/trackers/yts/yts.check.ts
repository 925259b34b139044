import { askProvider, checkDeadlineMs } from '../../services/settings/ask-provider.js';
import type { Finding } from '../../services/settings/finding.js';
import { YtsTracker } from './yts.tracker.js';

/** Whether a YTS-compatible API answers at this address. */
export function checkYts(baseUrl: string, version: string): Promise<Finding> {
  return askProvider('YTS', version, async (http) => {
    const film = { imdbId: null, title: 'Sintel', originalTitle: 'Sintel', year: 2010 };
    await new YtsTracker([{ baseUrl, http }]).search(film, { signal: AbortSignal.timeout(checkDeadlineMs) });
    return `${baseUrl} answers`;
  });
}
