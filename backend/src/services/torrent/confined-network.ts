// In the engine's process every socket must keep to what the server permits, whichever library opens it. So the one
// method by which each kind of socket begins to talk is replaced. There is no way back: another permission is another process.
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';
import { loadSystemCalls } from '../../network/system-calls.js';
import type { NetworkPermission, Tunnel } from '../../network/tunnel.js';
import { TunnelNames } from '../../network/tunnel-names.js';
import { bindServer, bindSocket, confineDatagrams, tunnelOptions } from '../../network/tunnel-sockets.js';

/**
 * Keeps every TCP connection, datagram, listener and name lookup of this process to what is permitted.
 * @param storage address of the bucket that pieces are kept in: the operator's own, it is reached as ever
 */
export function confineNetwork(permission: NetworkPermission, storage: URL | null = null): void {
  if (permission.kind === 'open') return;
  const tunnel = permission.kind === 'bound' ? permission.tunnel : null;
  // It may be frozen to keep its sockets, and must not outlive the server so.
  if (tunnel) loadSystemCalls()?.dieWithParent();
  confineConnections(tunnel, storage, dns.lookup);
  confineNames(tunnel);
  confineListeners(tunnel);
  const createSocket = dgram.createSocket.bind(dgram) as (
    options: dgram.SocketType | dgram.SocketOptions,
  ) => dgram.Socket;
  Object.assign(dgram, {
    createSocket: (options: dgram.SocketType | dgram.SocketOptions) => {
      const socket = createSocket(options);
      return tunnel ? confineDatagrams(socket, tunnel) : silence(socket);
    },
  });
}

function confineNames(tunnel: Tunnel | null): void {
  const names = tunnel && new TunnelNames(tunnel);
  const lookup = (hostname: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1) as Parameters<net.LookupFunction>[2];
    const given = rest.length > 1 ? rest[0] : {};
    const options: dns.LookupOptions = typeof given === 'object' && given !== null ? given : {};
    if (net.isIP(hostname) !== 0) answerLiteral(hostname, options, callback);
    else if (names) names.lookup(hostname, options, callback);
    else queueMicrotask(() => callback(forbidden(), ''));
  };
  Object.assign(dns, { lookup });
}

function answerLiteral(
  address: string,
  { all }: dns.LookupOptions,
  callback: Parameters<net.LookupFunction>[2],
): void {
  const family = net.isIP(address);
  queueMicrotask(() => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  });
}

/** Every TCP connection of JavaScript begins here: of `net`, `tls`, `http` and `fetch` alike. */
function confineConnections(tunnel: Tunnel | null, storage: URL | null, lookup: net.LookupFunction): void {
  const { prototype } = net.Socket;
  const connect = Reflect.get(prototype, 'connect') as (this: net.Socket, ...args: unknown[]) => net.Socket;
  Object.assign(prototype, {
    connect(this: net.Socket, ...args: unknown[]): net.Socket {
      const { options, callback } = readArguments(args);
      // A path is a local socket: the channel of a loader, not the network.
      if ('path' in options && options.path) return connect.apply(this, args);
      if (isAddressOf(storage, options)) return connect.call(this, { ...options, lookup }, callback);
      if (callback) this.once('connect', callback);
      try {
        if (!tunnel) throw forbidden();
        const confined = tunnelOptions(
          options as net.TcpNetConnectOpts,
          tunnel,
          dns.lookup as net.LookupFunction,
        );
        connect.call(this, confined);
        bindSocket(this, tunnel);
      } catch (error) {
        queueMicrotask(() => this.destroy(error instanceof Error ? error : forbidden()));
      }
      return this;
    },
  });
}

function isAddressOf(url: URL | null, options: object): boolean {
  if (!url || !('host' in options) || !('port' in options)) return false;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return options.host === url.hostname && Number(options.port || port) === Number(port);
}

/** `connect` takes options, a port and a host, or (from within Node) a list of both that is already in order. */
function readArguments(args: readonly unknown[]): { options: object; callback: (() => void) | undefined } {
  const flat = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const [first, second] = flat;
  const callback = flat.find((arg) => typeof arg === 'function') as (() => void) | undefined;
  if (typeof first === 'object' && first !== null) return { options: first, callback };
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { options: { path: first }, callback };
  const host = typeof second === 'string' ? { host: second } : {};
  return { options: { port: Number(first), ...host }, callback };
}

function confineListeners(tunnel: Tunnel | null): void {
  const { prototype } = net.Server;
  const listen = Reflect.get(prototype, 'listen') as (this: net.Server, ...args: unknown[]) => net.Server;
  Object.assign(prototype, {
    listen(this: net.Server, ...args: unknown[]): net.Server {
      const { options, callback } = readArguments(args);
      if ('path' in options && options.path) return listen.apply(this, args);
      if (tunnel) this.prependListener('listening', () => bindServer(this, tunnel));
      else this.prependListener('connection', (socket: net.Socket) => socket.destroy());
      const port = tunnel && 'port' in options ? options.port : 0;
      return listen.call(this, { port, host: tunnel?.address ?? '127.0.0.1' }, callback);
    },
  });
}

/** A datagram socket that sends nothing. */
function silence(socket: dgram.Socket): dgram.Socket {
  socket.send = (...args: unknown[]) => {
    const callback = args.find((arg) => typeof arg === 'function') as ((error: Error) => void) | undefined;
    queueMicrotask(() => callback?.(forbidden()));
  };
  const bind = socket.bind.bind(socket) as (options: dgram.BindOptions) => dgram.Socket;
  socket.bind = () => bind({ port: 0, address: '127.0.0.1', exclusive: true });
  return socket;
}

function forbidden(): NodeJS.ErrnoException {
  return Object.assign(new Error('torrent traffic is not permitted now'), { code: 'ENETUNREACH' });
}
