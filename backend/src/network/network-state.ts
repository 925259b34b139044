// What the machine says of its own network. No packet leaves for it, and no program is run.
import dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Interfaces that are up, and their IPv4 addresses. */
export type Interfaces = ReadonlyMap<string, readonly string[]>;

/** Reads the interfaces that are up; some 50 microseconds. */
export function readInterfaces(): Interfaces {
  const found = new Map<string, string[]>();
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    found.set(
      name,
      addresses.flatMap(({ family, address }) => (family === 'IPv4' ? [address] : [])),
    );
  }
  return found;
}

/** Public addresses, one of each half of IPv4: some VPNs take the two halves in place of the default route. */
export const landmarks = ['8.8.8.8', '198.41.0.4'];

/**
 * The addresses this machine would send from to the internet, without duplicates; none when there is no route.
 * Connecting a datagram socket makes the kernel choose the route, policy rules included, and sends nothing.
 */
export async function readSourceAddresses(): Promise<string[]> {
  const sources = await Promise.all(landmarks.map(sourceAddressFor));
  return sources.includes(null) ? [] : [...new Set(sources.flatMap((source) => source ?? []))];
}

function sourceAddressFor(destination: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    const end = (address: string | null) => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => end(null));
    socket.connect(9, destination, () => {
      socket.removeAllListeners('error');
      end(socket.address().address);
    });
  });
}

/**
 * The IPv4 name servers of the system that can be asked through a tunnel: not those on this machine, which ask further
 * by whatever route they like. A local one of systemd is looked behind.
 */
export function readNameServers(
  files: readonly string[] = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'],
): string[] {
  for (const file of files) {
    const servers = parseNameServers(readOrNothing(file)).filter((server) => !server.startsWith('127.'));
    if (servers.length > 0) return servers;
  }
  return [];
}

/** The IPv4 name servers in a resolv.conf(5), at most three, as the system's own resolver takes them. */
export function parseNameServers(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .filter((server) => isIP(server) === 4)
    .slice(0, 3);
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
