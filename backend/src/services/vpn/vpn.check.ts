import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import type { Finding } from '../settings/finding.js';
import { createVpnGuard, type VpnSettings } from './create-vpn-guard.js';
import type { VpnGuard } from './vpn-guard.service.js';

/** Whether the VPN is as the policy wants it, by the same checks as the server makes. */
export async function checkVpn(settings: VpnSettings, version: string): Promise<Finding> {
  const subject = 'VPN';
  const { VPN_POLICY: policy } = settings;
  if (policy === 'off') return { subject, verdict: 'note', text: 'not watched (VPN_POLICY is off)' };
  const { state, reason } = await underVpn(settings, version, (guard) => Promise.resolve(guard.getStatus()));
  if (state === 'protected') return { subject, verdict: 'ok', text: reason };
  if (policy === 'warn') return { subject, verdict: 'note', text: reason };
  // The VPN may come up later; the policy itself is not wrong.
  return { subject, verdict: 'broken', text: `${reason} Until then torrents are paused.`, mayPass: true };
}

/** Does some work under a guard of its own that has just checked; what must go the way of the torrents asks it how. */
export async function underVpn<T>(
  settings: VpnSettings,
  version: string,
  work: (guard: VpnGuard) => Promise<T>,
): Promise<T> {
  const clients: HttpClient[] = [];
  const logger = silentLogger();
  const { guard } = createVpnGuard(settings, {
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
    await guard.check();
    return await work(guard);
  } finally {
    await guard.stop();
  }
}
