import { requireUser } from '../middleware/auth.middleware.js';
import type { VpnGuard } from '../services/vpn/vpn-guard.service.js';
import { createApi } from './create-api.js';
import { presentVpn } from './vpn.presenter.js';
import { checkVpnRoute, vpnRoute } from './vpn.schemas.js';

export interface VpnRoutesOptions {
  vpn: Pick<VpnGuard, 'getStatus' | 'check' | 'onStatus'>;
}

/** How the VPN is. */
export function createVpnRoutes({ vpn }: VpnRoutesOptions) {
  return createApi()
    .openapi(vpnRoute, (context) =>
      context.json(presentVpn(vpn.getStatus(), requireUser(context).role === 'admin'), 200),
    )
    .openapi(checkVpnRoute, async (context) => context.json(presentVpn(await vpn.check(), true), 200));
}
