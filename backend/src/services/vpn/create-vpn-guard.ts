import type { HttpClient, HttpClientOptions } from '../../http-client/http-client.js';
import { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import type { Logger } from '../../logging/logger.js';
import { readInterfaces, readNameServers, readSourceAddresses } from '../../network/network-state.js';
import { NordVpnStatusProvider } from './nordvpn.status-provider.js';
import { VpnGuard, type VpnGuardOptions, type VpnPolicy } from './vpn-guard.service.js';

/** The guard decides itself when to ask again: a breaker would hold a film up after the tunnel is back. */
const askOnce = {
  retry: { attempts: 1, baseMs: 0, capMs: 0 },
  breaker: { failures: 1_000_000, halfOpenAfterMs: 1_000 },
};

/** What the operator has set. */
export interface VpnSettings {
  VPN_POLICY: VpnPolicy;
  VPN_INTERFACE: string | undefined;
  VPN_PROVIDER: 'nordvpn' | 'none';
  VPN_CHECK_SECONDS: number;
  VPN_DNS: readonly string[] | undefined;
  NORDVPN_API_URL: string | undefined;
}

export interface VpnNeeds {
  audit: VpnGuardOptions['audit'];
  logger: Logger;
  /** A client for the provider's status, with these options. */
  createHttp: (
    provider: string,
    options: Pick<HttpClientOptions, 'dispatcher' | 'retry' | 'breaker'>,
  ) => HttpClient;
  /** Closes those clients. */
  onStop?: () => Promise<void>;
}

/** The guard of this machine, with the provider that was chosen, asked by the way torrent traffic would take. */
export function createVpnGuard(
  settings: VpnSettings,
  { audit, logger, createHttp, onStop }: VpnNeeds,
): VpnGuard {
  const { VPN_POLICY, VPN_INTERFACE, VPN_PROVIDER, VPN_CHECK_SECONDS, VPN_DNS, NORDVPN_API_URL } = settings;
  const dispatcher = new PermittedDispatcher();
  const guard = new VpnGuard({
    policy: VPN_POLICY,
    interfaceName: VPN_INTERFACE ?? null,
    provider:
      VPN_PROVIDER === 'none'
        ? null
        : new NordVpnStatusProvider(createHttp('NordVPN', { dispatcher, ...askOnce }), NORDVPN_API_URL),
    network: {
      readInterfaces,
      readSourceAddresses,
      readNameServers: () => [...(VPN_DNS ?? readNameServers())],
    },
    intervalMs: VPN_CHECK_SECONDS * 1_000,
    audit,
    logger,
    onStop,
  });
  guard.onCandidate((permission) => dispatcher.setPermission(permission));
  return guard;
}
