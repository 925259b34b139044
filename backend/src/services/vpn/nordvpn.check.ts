import { askProvider, checkDeadlineMs } from '../settings/ask-provider.js';
import type { Finding } from '../settings/finding.js';
import { NordVpnStatusProvider } from './nordvpn.status-provider.js';

/**
 * Whether NordVPN tells of our connection. Asked by the machine's own route: torrents may take another, which the guard
 * watches, so an unprotected answer is no fault here.
 */
export function checkNordVpn(baseUrl: string | undefined, version: string): Promise<Finding> {
  return askProvider('NordVPN', version, async (http) => {
    const signal = AbortSignal.timeout(checkDeadlineMs);
    const { isProtected, address } = await new NordVpnStatusProvider(http, baseUrl).ask(signal);
    const from = address === null ? 'this machine' : address;
    return `answers; it sees ${from}, ${isProtected ? 'protected' : 'not protected, by the route of the machine itself'}`;
  });
}
