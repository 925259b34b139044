import { askProvider } from '../settings/ask-provider.js';
import type { Finding } from '../settings/finding.js';
import { TmdbClient } from './tmdb.client.js';

/** Whether TMDB takes this token. */
export function checkTmdb(baseUrl: string, token: string, version: string): Promise<Finding> {
  return askProvider('TMDB', version, async (http) => {
    await new TmdbClient(http, { baseUrl, token }).getImageBase();
    return `${baseUrl} answers and takes the token`;
  });
}
