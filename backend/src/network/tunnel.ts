/** What traffic that must not leave otherwise is bound to. IPv4 only: a tunnel's IPv6 is often missing, and then leaks. */
export interface Tunnel {
  /** Such as `tun0`. */
  interfaceName: string;
  /** IPv4 address of this machine on it. */
  address: string;
  /** IPv4 addresses of the name servers asked through it, in order. */
  nameServers: readonly string[];
}

/** How traffic of torrents may leave. */
export type NetworkPermission =
  /** By any way. */
  | { kind: 'open' }
  /** Through this tunnel alone. */
  | { kind: 'bound'; tunnel: Tunnel }
  /**
   * Not at all. `reason` is one sentence for people. With `keepsSockets` those bound to the tunnel are kept, deaf, until
   * another permission: packets may still come in by it, and refusals of sockets that are gone would leave by another way.
   */
  | { kind: 'closed'; reason: string; keepsSockets?: boolean | undefined };

/** Whether both let the same traffic pass. */
export function samePermission(one: NetworkPermission, other: NetworkPermission): boolean {
  if (one.kind !== 'bound' || other.kind !== 'bound') return one.kind === other.kind;
  return (
    one.tunnel.interfaceName === other.tunnel.interfaceName &&
    one.tunnel.address === other.tunnel.address &&
    one.tunnel.nameServers.join() === other.tunnel.nameServers.join()
  );
}
