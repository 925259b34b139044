import type { VpnStatus } from '../services/vpn/vpn-status.js';

/** A guard that says what it is told to. */
export function aVpn(change: Partial<VpnStatus> = {}) {
  const at = new Date('2026-01-01T00:00:00Z');
  const status: VpnStatus = {
    policy: 'off',
    state: 'off',
    reason: 'The VPN is not watched.',
    since: at,
    changedAt: at,
    trafficAllowed: true,
    interfaceName: null,
    tunnelAddress: null,
    publicAddress: null,
    provider: null,
    killSwitch: null,
    ...change,
  };
  const vpn = {
    status,
    checks: 0,
    getStatus: () => vpn.status,
    listeners: new Set<() => void>(),
    onStatus: (listener: () => void) => {
      vpn.listeners.add(listener);
      return () => vpn.listeners.delete(listener);
    },
    /** Says something else from now on, and tells so. */
    become: (change: Partial<VpnStatus>) => {
      vpn.status = { ...vpn.status, ...change };
      for (const listener of vpn.listeners) listener();
    },
    check: () => {
      vpn.checks += 1;
      return Promise.resolve(vpn.status);
    },
  };
  return vpn;
}
