import { HttpCaller } from '../../http-client/http-caller.js';
import { checkDeadlineMs } from '../settings/ask-provider.js';
import type { Finding } from '../settings/finding.js';
import { type DevicePoll, TraktClient, type TraktConfig } from './trakt.client.js';
import { TraktError, type TraktFault } from './trakt.errors.js';

const subject = 'Trakt';

/**
 * Whether Trakt takes the client id, at both of its hosts, and the secret: a code for a device is asked for, which nobody
 * ever types in and which is void ten minutes later. With an id alone the id is tried.
 */
export async function checkTrakt(config: TraktConfig, version: string): Promise<Finding> {
  const { clientId, clientSecret } = config;
  if (clientId === undefined) {
    const text = clientSecret === undefined ? 'off' : 'off until TRAKT_CLIENT_ID is set as well';
    return { subject, verdict: 'note', text };
  }
  const http = new HttpCaller({
    provider: subject,
    userAgent: `Kinora/${version}`,
    timeoutMs: checkDeadlineMs,
  });
  const client = new TraktClient(http, () => ({ ...config, clientSecret: clientSecret ?? '' }));
  let tried = 'client id';
  try {
    await client.checkClientId();
    const { device_code: code } = await client.requestDeviceCode();
    if (clientSecret === undefined)
      return {
        subject,
        verdict: 'note',
        text: 'takes the client id; off until TRAKT_CLIENT_SECRET is set as well',
      };
    tried = 'client secret';
    if (!isWaiting(await client.pollDeviceToken(code))) return refused(tried);
    return { subject, verdict: 'ok', text: `${config.authUrl} answers and takes the client id and secret` };
  } catch (error) {
    if (error instanceof TraktError && error.fault === 'not-found')
      return { subject, verdict: 'broken', text: 'This is not where Trakt lives.' };
    if (error instanceof TraktError && refusals.has(error.fault)) return refused(tried);
    const text = error instanceof TraktError ? error.message : 'Trakt cannot be asked just now.';
    return { subject, verdict: 'broken', text, mayPass: true };
  } finally {
    await http.close();
  }
}

/** What is about what we sent; all else is about the other side. */
const refusals: ReadonlySet<TraktFault> = new Set(['unauthorized', 'client-refused', 'invalid']);

/** Nobody has typed the code in yet, as nobody will. */
function isWaiting({ kind }: DevicePoll): boolean {
  return kind === 'pending' || kind === 'slow-down';
}

function refused(what: string): Finding {
  return { subject, verdict: 'broken', text: `Trakt refuses this ${what}.` };
}
