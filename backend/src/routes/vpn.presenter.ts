import type { z } from '@hono/zod-openapi';
import type { VpnStatus } from '../services/vpn/vpn-status.js';
import type { vpnSchema } from './vpn.schemas.js';

/** To everyone whether the VPN protects, to administrators also where. */
export function presentVpn(status: VpnStatus, isAdministrator: boolean): z.infer<typeof vpnSchema> {
  const { policy, state, reason, trafficAllowed, since, changedAt } = status;
  const { interfaceName, tunnelAddress, publicAddress, provider, killSwitch } = status;
  const whereabouts = {
    address: publicAddress,
    interface: interfaceName === null ? null : { name: interfaceName, address: tunnelAddress },
    provider: provider && { ...provider, checkedAt: provider.checkedAt?.toISOString() ?? null },
    killSwitch,
  };
  return {
    policy,
    status: state,
    reason,
    trafficAllowed,
    since: since.toISOString(),
    changedAt: changedAt.toISOString(),
    ...(isAdministrator ? whereabouts : { address: null, interface: null, provider: null, killSwitch: null }),
  };
}
