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
