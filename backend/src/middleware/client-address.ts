import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type TrustedProxies = (address: Address) => boolean;

/** Reads the configured addresses and CIDR ranges. @throws Error on a text that is neither. */
export function readTrustedProxies(ranges: readonly string[]): TrustedProxies {
  const parsed = ranges.map((range) =>
    range.includes('/')
      ? ipaddr.parseCIDR(range)
      : ipaddr.parseCIDR(`${range}/${ipaddr.parse(range).kind() === 'ipv4' ? 32 : 128}`),
  );
  return (address) =>
    parsed.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}

/**
 * The address a request comes from. Each proxy appends to X-Forwarded-For who spoke to it, so the entries are believed
 * from the right, for as long as the one who wrote them is a trusted proxy; what stands further left is hearsay.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  isTrusted: TrustedProxies,
): string {
  let current = parse(socketAddress);
  if (!current) return 'unknown';
  const hops = (forwardedFor ?? '').split(',');
  while (isTrusted(current)) {
    const next = parse(hops.pop());
    if (!next) break;
    current = next;
  }
  return current.toString();
}

/** Whether an address, as `clientAddress` gives it, is this machine's own. */
export function isLoopback(address: string): boolean {
  return parse(address)?.range() === 'loopback';
}

/** An address, also as proxies write it: `[2001:db8::1]:443`, `192.0.2.1:443`. IPv4 inside IPv6 counts as IPv4. */
function parse(text: string | undefined): Address | null {
  const trimmed = text?.trim().slice(0, 64) ?? '';
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed) ?? [];
  const [, withPort] = /^([\d.]+):\d+$/.exec(trimmed) ?? [];
  // Without the zone of an IPv6 address.
  const address = (bracketed ?? withPort ?? trimmed).split('%', 1)[0] ?? '';
  return /[.:]/.test(address) && ipaddr.isValid(address) ? ipaddr.process(address) : null;
}
