import { HttpClient } from '../../http-client/http-client.js';
import { silentLogger } from '../../logging/logger.js';
import type { Finding } from '../settings/finding.js';
import { createVpnGuard, type VpnSettings } from './create-vpn-guard.js';
import type { KillSwitchState } from './kill-switch.js';
import type { VpnGuard } from './vpn-guard.service.js';
import type { VpnPolicy, VpnState } from './vpn-status.js';

/** Checks by the same means as the server whether the VPN is as the policy wants it, and what holds when it is lost. */
export async function checkVpn(settings: VpnSettings, version: string): Promise<Finding[]> {
  const subject = 'VPN';
  const { VPN_POLICY: policy } = settings;
  if (policy === 'off') return [{ subject, verdict: 'note', text: 'not watched (VPN_POLICY is off)' }];
  const status = await underVpn(settings, version, (guard) => Promise.resolve(guard.getStatus()));
  const { state, reason, killSwitch } = status;
  return [
    stateFinding(subject, policy, state, reason),
    ...(killSwitch ? [killSwitchFinding(killSwitch)] : []),
  ];
}

function stateFinding(subject: string, policy: VpnPolicy, state: VpnState, reason: string): Finding {
  if (state === 'protected') return { subject, verdict: 'ok', text: reason };
  if (policy === 'warn') return { subject, verdict: 'note', text: reason };
  // The VPN may come up later; the policy itself is not wrong.
  return { subject, verdict: 'broken', text: `${reason} Until then torrents are paused.`, mayPass: true };
}

/** The rule of a running server is the system's here: this process sets none, and looks from outside. */
function killSwitchFinding({ setBy, reason }: KillSwitchState): Finding {
  const subject = 'VPN kill switch';
  if (setBy !== 'none') return { subject, verdict: 'ok', text: reason };
  return {
    subject,
    verdict: 'note',
    text: `${reason} A server that runs may set a rule itself; otherwise see "Kill switch" in backend/docs/vpn.md.`,
  };
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
    firewallTable: null,
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
