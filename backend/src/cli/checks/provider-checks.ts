import { AppError } from '../../errors/app-error.js';
import { isProviderFailure } from '../../http-client/http-client.errors.js';
import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import { TmdbClient } from '../../services/tmdb/tmdb.client.js';
import { YtsTracker } from '../../trackers/yts/yts.tracker.js';
import type { Finding } from './finding.js';

// Each asks the real service once, with a deadline: that a token has the right shape says little.

const deadlineMs = 6_000;

/** Whether TMDB takes this token. */
export function checkTmdb(baseUrl: string, token: string, version: string): Promise<Finding> {
  return ask('TMDB', version, async (http) => {
    await new TmdbClient(http, { baseUrl, token }).getImageBase();
    return `${baseUrl} answers and takes the token`;
  });
}

/** Whether a YTS-compatible API answers at this address. */
export function checkYts(baseUrl: string, version: string): Promise<Finding> {
  return ask('YTS', version, async (http) => {
    const film = { imdbId: null, title: 'Sintel', originalTitle: 'Sintel', year: 2010 };
    await new YtsTracker([{ baseUrl, http }]).search(film, { signal: AbortSignal.timeout(deadlineMs) });
    return `${baseUrl} answers`;
  });
}

async function ask(
  subject: string,
  version: string,
  question: (http: HttpClient) => Promise<string>,
): Promise<Finding> {
  const http = new HttpClient({
    provider: subject,
    userAgent: `Kinora/${version}`,
    logger: silentLogger(),
    timeoutMs: deadlineMs,
    retry: { attempts: 1, baseMs: 0, capMs: 0 },
  });
  try {
    return { subject, verdict: 'ok', text: await question(http) };
  } catch (error) {
    const detail = isProviderFailure(error) ? ` (${error.detail})` : '';
    const text = error instanceof AppError ? error.message : `${subject} did not answer in time.`;
    return { subject, verdict: 'broken', text: text + detail };
  } finally {
    await http.close();
  }
}
