import ipaddr from 'ipaddr.js';

/** Whom an address counts as. An IPv6 client owns a whole /64 and could otherwise be a new stranger with every request. */
export function networkOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return 'unknown';
  // What nearly every request shows needs no parsing: this runs for each of them.
  if (!address.includes(':')) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join('.')}/64`;
}

/** Returns the /48 of an IPv6 address, the largest network that providers give to one customer; null for IPv4. */
export function ipv6SiteOf(address: string | null): string | null {
  if (address === null || !address.includes(':')) return null;
  const network = wideNetworkOf(address);
  return network.endsWith('/48') ? network : null;
}

/**
 * Returns the network an address belongs to, as providers hand them out: /24 of IPv4, /48 of IPv6. For sharing turns and
 * recognising where somebody has signed in from, not for refusing single clients.
 */
export function wideNetworkOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  const [bytes, bits] = parsed.kind() === 'ipv4' ? [3, 24] : [6, 48];
  return `${parsed.toByteArray().slice(0, bytes).join('.')}/${bits}`;
}
