// In the engine's process nothing may reach a private address because of what a torrent, a tracker or a peer said:
// not by name, not by redirect, not by a name that resolves differently the second time. So the check sits where
// connections are made. Peers are checked in the engine; this covers tracker requests and datagrams.
import dgram from 'node:dgram';
import dns, { type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, buildConnector, setGlobalDispatcher } from 'undici';
import { isPublicAddress } from './peer-addresses.js';

/** Longest answer of a tracker, bytes. */
const maxAnswerBytes = 1024 * 1024;

/** Guards every HTTP request and every datagram of this process. There is no way back, so call it in a child only. */
export function guardNetwork(): void {
  setGlobalDispatcher(publicOnlyAgent());
  const createSocket = dgram.createSocket.bind(dgram);
  // The libraries hand over only a type, never options.
  Object.assign(dgram, {
    createSocket: (type: dgram.SocketType) => createSocket({ type, lookup: datagramLookup() }),
  });
}

/** As `dns.lookup`, of all addresses. */
export type NameLookup = (
  hostname: string,
  options: dns.LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** An HTTP agent that connects to public addresses only, whatever name or redirect led there. */
export function publicOnlyAgent({
  maxBytes = maxAnswerBytes,
  resolve = dns.lookup,
}: {
  maxBytes?: number;
  resolve?: NameLookup;
} = {}): Agent {
  const lookup = (hostname: string, options: dns.LookupOptions, callback: LookupCallback) =>
    publicLookup(hostname, options, callback, resolve);
  const connect = buildConnector({ timeout: 10_000, lookup });
  return new Agent({
    maxResponseSize: maxBytes,
    headersTimeout: 15_000,
    bodyTimeout: 15_000,
    connect: (options, callback) => {
      // An address literal is never looked up.
      const host = options.hostname.replace(/^\[|\]$/g, '');
      if (host === loopback && ownPorts.has(Number(options.port))) connect(options, callback);
      else if (isIP(host) !== 0 && !isPublicAddress(host)) callback(blocked(host), null);
      else connect(options, (...made) => callback(...keepPublic(made, host)));
    },
  });
}

const loopback = '127.0.0.1';
const ownPorts = new Set<number>();

/**
 * Lets requests through to a port on 127.0.0.1 at which this process itself listens, until the answer is called: nobody
 * else can be behind it.
 */
export function letThroughTo(ownPort: number): () => void {
  ownPorts.add(ownPort);
  return () => ownPorts.delete(ownPort);
}

type Made = Parameters<buildConnector.Callback>;

/** Confined to a tunnel, names are looked up past us: so what was connected to is looked at as well, before a byte is sent. */
function keepPublic(made: Made, host: string): Made {
  const [, socket] = made;
  if (!socket || isPublicAddress(socket.remoteAddress ?? '')) return made;
  socket.destroy();
  return [blocked(host), null];
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** As `dns.lookup`, of public addresses alone. */
export function publicLookup(
  hostname: string,
  options: dns.LookupOptions,
  callback: LookupCallback,
  resolve: NameLookup = dns.lookup,
): void {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    const addresses = error ? [] : found.filter(({ address }) => isPublicAddress(address));
    const [first] = addresses;
    if (error) callback(error, '');
    else if (!first) callback(blocked(hostname), '');
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
}

type DatagramLookup = NonNullable<dgram.SocketOptions['lookup']>;

/** Datagram sockets look up literals too, the address they bind to first of all. */
export function datagramLookup(resolve: NameLookup = dns.lookup): DatagramLookup {
  let bound = false;
  return (hostname, options, callback) => {
    const done = (error: NodeJS.ErrnoException | null, address: string, family: number) =>
      callback(error, address, family);
    if (!bound && isIP(hostname) !== 0) {
      bound = true;
      done(null, hostname, isIP(hostname));
      return;
    }
    // The socket passes its family as a bare number.
    const family = typeof options === 'number' ? options : (options.family ?? 4);
    const found: LookupCallback = (error, address, of) =>
      done(error, typeof address === 'string' ? address : '', of ?? 0);
    publicLookup(hostname, { family, all: false }, found, resolve);
  };
}

function blocked(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} is not a public address`), { code: 'EBLOCKED' });
}
