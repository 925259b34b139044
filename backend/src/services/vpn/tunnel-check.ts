import type { Interfaces } from '../../network/network-state.js';

export interface TunnelFacts {
  /** The interface the operator named; null takes the one that looks like a VPN's. */
  wanted: string | null;
  /** Those that are up. */
  interfaces: Interfaces;
  /** Where packets to the internet would be sent from. */
  sources: readonly string[];
}

/** What the machine itself says: which tunnel there is, or why there is none. `reason` is for people. */
export type TunnelVerdict =
  | { ok: true; interfaceName: string; address: string }
  | { ok: false; interfaceName: string | null; reason: string };

/** As VPN programs call their interfaces: OpenVPN, WireGuard, NordVPN, PPP, macOS, and what people choose themselves. */
const tunnelNames = /^(tun|tap|wg|nord|ppp|utun|ipsec|vpn|proton|mullvad|azirevpn|ivpn)/i;

/** Returns whether an interface is named as VPN programs name theirs. */
export function looksLikeTunnel(interfaceName: string): boolean {
  return tunnelNames.test(interfaceName);
}

/** Judges what the machine says of its interfaces and routes; whom it belongs to at the other end it cannot know. */
export function checkTunnel({ wanted, interfaces, sources }: TunnelFacts): TunnelVerdict {
  return wanted === null ? findTunnel(interfaces, sources) : checkNamed(wanted, interfaces, sources);
}

function checkNamed(name: string, interfaces: Interfaces, sources: readonly string[]): TunnelVerdict {
  const addresses = interfaces.get(name);
  if (!addresses) return { ok: false, interfaceName: name, reason: `${name} is down or does not exist.` };
  const isLoopback = addresses.some((address) => address.startsWith('127.'));
  const [address] = isLoopback ? addresses : addresses.filter((own) => sources.includes(own));
  if (address !== undefined && (isLoopback || sources.every((source) => addresses.includes(source))))
    return { ok: true, interfaceName: name, address };
  return { ok: false, interfaceName: name, reason: whyNot(name, addresses, sources) };
}

function whyNot(name: string, addresses: readonly string[], sources: readonly string[]): string {
  if (addresses.length === 0) return `${name} has no IPv4 address.`;
  if (sources.length === 0) return 'There is no route to the internet.';
  return `The route to the internet does not go through ${name}.`;
}

function findTunnel(interfaces: Interfaces, sources: readonly string[]): TunnelVerdict {
  const [address] = sources;
  if (address === undefined)
    return { ok: false, interfaceName: null, reason: 'There is no route to the internet.' };
  const [interfaceName] = [...interfaces].find(([, own]) => own.includes(address)) ?? [];
  if (interfaceName !== undefined && looksLikeTunnel(interfaceName)) {
    return checkNamed(interfaceName, interfaces, sources);
  }
  const name = interfaceName ?? address;
  return {
    ok: false,
    interfaceName: interfaceName ?? null,
    reason: `The route to the internet goes through ${name}, which does not look like a VPN. If it is one, name it in VPN_INTERFACE.`,
  };
}
