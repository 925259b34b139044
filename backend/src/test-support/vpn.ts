import type { VpnStatus } from '../services/vpn/vpn-guard.service.js';

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
    ...change,
  };
  const vpn = {
    status,
    checks: 0,
    getStatus: () => vpn.status,
    check: () => {
      vpn.checks += 1;
      return Promise.resolve(vpn.status);
    },
  };
  return vpn;
}
