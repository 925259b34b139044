import type { z } from '@hono/zod-openapi';
import { requireUser } from '../middleware/auth.middleware.js';
import type { VpnGuard, VpnStatus } from '../services/vpn/vpn-guard.service.js';
import { createApi } from './create-api.js';
import { checkVpnRoute, vpnRoute, type vpnSchema } from './vpn.schemas.js';

export interface VpnRoutesOptions {
  vpn: Pick<VpnGuard, 'getStatus' | 'check'>;
}

/** How the VPN is: to everyone whether, to administrators also where. */
export function createVpnRoutes({ vpn }: VpnRoutesOptions) {
  return createApi()
    .openapi(vpnRoute, (context) =>
      context.json(present(vpn.getStatus(), requireUser(context).role === 'admin'), 200),
    )
    .openapi(checkVpnRoute, async (context) => context.json(present(await vpn.check(), true), 200));
}

function present(status: VpnStatus, isAdministrator: boolean): z.infer<typeof vpnSchema> {
  const { policy, state, reason, trafficAllowed, since, changedAt } = status;
  const { interfaceName, tunnelAddress, publicAddress, provider } = status;
  const whereabouts = {
    address: publicAddress,
    interface: interfaceName === null ? null : { name: interfaceName, address: tunnelAddress },
    provider: provider && { ...provider, checkedAt: provider.checkedAt?.toISOString() ?? null },
  };
  return {
    policy,
    status: state,
    reason,
    trafficAllowed,
    since: since.toISOString(),
    changedAt: changedAt.toISOString(),
    ...(isAdministrator ? whereabouts : { address: null, interface: null, provider: null }),
  };
}
