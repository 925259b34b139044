// Trackers, DHT and other peers name addresses. Without this, any of them could make us dial the home network.
import ipaddr from 'ipaddr.js';

/** Ranges that ipaddr.js takes for ordinary ones: IPv4-compatible IPv6, and a cloud's metadata service. */
const extraBlocked = [ipaddr.parseCIDR('::/96'), ipaddr.parseCIDR('168.63.129.16/32')] as const;

const minPort = 1_024;
const maxPort = 65_535;

/** Whether an address literal is public unicast; false for names and anything else that is no address. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  // `process` unwraps IPv4 inside IPv6 (::ffff:10.0.0.1); a zone id never names a public address.
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast' || text.includes('%')) return false;
  return !extraBlocked.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

/** Splits `1.2.3.4:80` or `[::1]:80`; null when it is neither. Names are not accepted. */
export function parsePeer(peer: string): { host: string; port: number } | null {
  const [, six, four, digits] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d{1,5})$/i.exec(peer) ?? [];
  const host = six ?? four;
  const port = Number(digits);
  if (host === undefined || !ipaddr.isValid(host) || port < 1 || port > maxPort) return null;
  return { host, port };
}

/** Whether a peer heard of may be dialled. */
export function mayDial(peer: string, allowPrivate: boolean): boolean {
  const address = parsePeer(peer);
  if (!address) return false;
  return allowPrivate || (address.port >= minPort && isPublicAddress(address.host));
}
