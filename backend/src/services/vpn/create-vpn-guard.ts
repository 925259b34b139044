import type { HttpClient, HttpClientOptions } from '../../http-client/http-client.js';
import { PermittedDispatcher } from '../../http-client/permitted.dispatcher.js';
import type { Logger } from '../../logging/logger.js';
import { countClosingConnections } from '../../network/closing-connections.js';
import { probeLeak } from '../../network/leak-probe.js';
import { readInterfaces, readNameServers, readSourceAddresses } from '../../network/network-state.js';
import { runNft } from './firewall.js';
import { KillSwitch } from './kill-switch.js';
import { NordVpnStatusProvider } from './nordvpn.status-provider.js';
import { VpnGuard, type VpnGuardOptions } from './vpn-guard.service.js';
import type { VpnPolicy } from './vpn-status.js';

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
  /** Name of Kinora's own firewall table; null changes no rules and only looks. */
  firewallTable: string | null;
  /** Closes those clients. */
  onStop?: () => Promise<void>;
}

/**
 * The guard of this machine, with the provider that was chosen, asked by the way torrent traffic would take; and how it is
 * told of other settings.
 */
export function createVpnGuard(
  settings: VpnSettings,
  { audit, logger, createHttp, firewallTable, onStop }: VpnNeeds,
): { guard: VpnGuard; use: (settings: VpnSettings) => void } {
  const dispatcher = new PermittedDispatcher();
  let http: HttpClient | null = null;
  const watched = (now: VpnSettings) => ({
    policy: now.VPN_POLICY,
    interfaceName: now.VPN_INTERFACE ?? null,
    provider:
      now.VPN_PROVIDER === 'none'
        ? null
        : new NordVpnStatusProvider(
            (http ??= createHttp('NordVPN', { dispatcher, ...askOnce })),
            now.NORDVPN_API_URL,
          ),
    network: {
      readInterfaces,
      readSourceAddresses,
      readNameServers: () => [...(now.VPN_DNS ?? readNameServers())],
    },
    intervalMs: now.VPN_CHECK_SECONDS * 1_000,
  });
  const killSwitch = new KillSwitch({
    table: firewallTable ?? '',
    run: firewallTable === null ? null : runNft,
    probe: ({ address, interfaceName }) => probeLeak(address, interfaceName, readInterfaces()),
    countClosing: countClosingConnections,
    logger,
  });
  const guard = new VpnGuard({ ...watched(settings), killSwitch, audit, logger, onStop });
  guard.onCandidate((permission) => dispatcher.setPermission(permission));
  return { guard, use: (changed) => guard.use(watched(changed)) };
}
