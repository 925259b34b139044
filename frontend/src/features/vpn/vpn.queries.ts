import { queryOptions } from '@tanstack/react-query';
import { type ApiClient, answer } from '../../api/client.js';
import type { Vpn } from '../../api/types.js';

export const vpnKey = ['vpn'];

/** How often it is asked while somebody looks, milliseconds; a server that watches no VPN is not asked again. */
const refetchMs = 10_000;
/** And while the server tells of changes by itself. */
const liveRefetchMs = 60_000;

export function vpnState(api: ApiClient) {
  return queryOptions({
    queryKey: vpnKey,
    queryFn: ({ signal }) => answer(api.http.vpn.$get(undefined, { init: { signal } })),
    staleTime: refetchMs,
    refetchInterval: ({ state }) => {
      if (!isWatched(state.data)) return false;
      return api.isLive() ? liveRefetchMs : refetchMs;
    },
  });
}

function isWatched(vpn: Vpn | undefined): boolean {
  return vpn !== undefined && vpn.policy !== 'off';
}
