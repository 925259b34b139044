import { AppError } from '../../errors/app-error.js';
import {
  isProviderFailure,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from '../../http-client/http-client.errors.js';
import { HttpClient, type HttpClientOptions } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import type { Finding } from './finding.js';

/** How long a provider has to answer a check, milliseconds. */
export const checkDeadlineMs = 6_000;

/**
 * Asks a provider once, with a deadline, over a client of its own: that a value has the right shape says little.
 * @param question answers what is fine, for people
 */
export async function askProvider(
  subject: string,
  version: string,
  question: (http: HttpClient) => Promise<string>,
  options: Pick<HttpClientOptions, 'dispatcher'> = {},
): Promise<Finding> {
  const http = new HttpClient({
    provider: subject,
    userAgent: `Kinora/${version}`,
    logger: silentLogger(),
    timeoutMs: checkDeadlineMs,
    retry: { attempts: 1, baseMs: 0, capMs: 0 },
    ...options,
  });
  try {
    return { subject, verdict: 'ok', text: await question(http) };
  } catch (error) {
    const detail = isProviderFailure(error) ? ` (${error.detail})` : '';
    const text = error instanceof AppError ? error.message : `${subject} did not answer in time.`;
    return { subject, verdict: 'broken', text: text + detail, ...(isOutage(error) && { mayPass: true }) };
  } finally {
    await http.close();
  }
}

/** A refusal or an answer of another shape is about the value; anything else about the other side. */
function isOutage(error: unknown): boolean {
  if (error instanceof ProviderUnavailableError) return !['refused', 'bad-answer'].includes(error.fault);
  if (error instanceof AppError && error.code === 'network-closed') return true;
  return error instanceof ProviderTimeoutError || !(error instanceof AppError);
}
