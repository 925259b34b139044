// Asks the kernel whether packets with the tunnel's address could leave by another interface, without sending any.
import dgram from 'node:dgram';
import type { Interfaces } from './network-state.js';
import { landmarks } from './network-state.js';
import { loadSystemCalls } from './system-calls.js';

/** Why packets from the tunnel's address cannot leave elsewhere, or that they can. */
export type LeakProbe =
  /** A packet filter or the routing rules refuse them on every other interface. */
  | { kind: 'refused'; by: 'filter' | 'routing' }
  /** As above, and the filter also refuses the test packet from the interface's own address. */
  | { kind: 'refused'; by: 'filter-of-everything' }
  /** By this interface they would leave if the tunnel's route were gone. */
  | { kind: 'possible'; interfaceName: string }
  /** There is no other interface with an address. */
  | { kind: 'no-other-interface' }
  /** The tunnel's address is not on this machine now. */
  | { kind: 'unknown' };

/** Every interface is a member of this group, and joining it sends nothing (RFC 1112 section 7.2). */
const allHosts = '224.0.0.1';
const discardPort = 9;

/**
 * Tests each other interface: first the packet filter, then the routes.
 * @param address IPv4 address of this machine on the tunnel
 */
export async function probeLeak(
  address: string,
  interfaceName: string,
  interfaces: Interfaces,
): Promise<LeakProbe> {
  const others = [...interfaces].flatMap(([name, [first]]) =>
    name === interfaceName || first === undefined || first.startsWith('127.') ? [] : [{ name, first }],
  );
  let found: LeakProbe = { kind: 'no-other-interface' };
  for (const { name, first } of others) {
    const outcome = await probeInterface(address, name, first);
    if (outcome.kind !== 'refused') return outcome;
    if (found.kind !== 'refused' || outcome.by !== 'filter') found = outcome;
  }
  return found;
}

async function probeInterface(address: string, name: string, own: string): Promise<LeakProbe> {
  const code = await sendNowhere(address, own);
  if (code === 'EADDRNOTAVAIL') return { kind: 'unknown' };
  if (code === 'EPERM')
    return {
      kind: 'refused',
      by: (await sendNowhere(own, own)) === 'EPERM' ? 'filter-of-everything' : 'filter',
    };
  const calls = loadSystemCalls();
  const routes = landmarks.map((landmark) => calls?.hasRoute(address, landmark, name) ?? null);
  return routes.every((route) => route === false)
    ? { kind: 'refused', by: 'routing' }
    : { kind: 'possible', interfaceName: name };
}

/**
 * Sends a datagram that passes the packet filter's output rules and then ends: with a time to live of zero a multicast
 * packet never leaves the machine (ip(7), IP_MULTICAST_TTL), and it is not looped back. Resolves to the error code, EPERM
 * when a rule drops it, or null.
 */
function sendNowhere(source: string, ownAddress: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    const end = (error: NodeJS.ErrnoException | null) => {
      socket.removeAllListeners('error').on('error', () => undefined);
      socket.close();
      resolve(error ? (error.code ?? 'unknown') : null);
    };
    socket.once('error', end);
    socket.bind({ port: 0, address: source, exclusive: true }, () => {
      try {
        socket.setMulticastTTL(0);
        socket.setMulticastLoopback(false);
        socket.setMulticastInterface(ownAddress);
        socket.send('', discardPort, allHosts, end);
      } catch (error) {
        end(error instanceof Error ? error : new Error('The test packet could not be prepared'));
      }
    });
  });
}
