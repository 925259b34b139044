import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import type { Finding } from '../settings/finding.js';
import { createVpnGuard, type VpnSettings } from './create-vpn-guard.js';

/** Whether the VPN is as the policy wants it, by the same checks as the server makes. */
export async function checkVpn(settings: VpnSettings, version: string): Promise<Finding> {
  const subject = 'VPN';
  const { VPN_POLICY: policy } = settings;
  if (policy === 'off') return { subject, verdict: 'note', text: 'not watched (VPN_POLICY is off)' };
  const clients: HttpClient[] = [];
  const logger = silentLogger();
  const guard = createVpnGuard(settings, {
    audit: { record: () => Promise.resolve() },
    logger,
    createHttp: (provider, options) => {
      const client = new HttpClient({ provider, userAgent: `Kinora/${version}`, logger, ...options });
      clients.push(client);
      return client;
    },
    onStop: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  });
  try {
    await guard.start();
    const { state, reason } = await guard.check();
    if (state === 'protected') return { subject, verdict: 'ok', text: reason };
    if (policy === 'warn') return { subject, verdict: 'note', text: reason };
    // The VPN may come up later; the policy itself is not wrong.
    return { subject, verdict: 'broken', text: `${reason} Until then torrents are paused.`, mayPass: true };
  } finally {
    await guard.stop();
  }
}
