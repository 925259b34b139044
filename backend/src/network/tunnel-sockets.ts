// Sockets that leave by one interface alone. Node makes the descriptor of a socket when it is bound to an address, so
// that is the moment to bind it to the interface too, before anything is sent.
import dgram from 'node:dgram';
import type { LookupFunction, Socket, TcpNetConnectOpts } from 'node:net';
import { isIP } from 'node:net';
import { loadSystemCalls } from './system-calls.js';
import type { Tunnel } from './tunnel.js';

/** How `net` is told to connect, with a numeric host or a name. */
export type ConnectOptions = TcpNetConnectOpts;

/** The options with which a TCP socket must be connected so that it leaves through the tunnel. Throws for IPv6 addresses. */
export function tunnelOptions<T extends ConnectOptions>(
  options: T,
  tunnel: Tunnel,
  lookup: LookupFunction,
): T {
  if (isIP(options.host ?? '') === 6) throw unreachable(`IPv6 is not carried by ${tunnel.interfaceName}`);
  return { ...options, localAddress: tunnel.address, family: 4, autoSelectFamily: false, lookup };
}

/**
 * Makes the socket bind to the interface when it binds to its address. Call right after `connect`: Node binds in a later
 * turn of the loop.
 */
export function bindSocket(socket: Socket, { interfaceName }: Tunnel): void {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (!isBindable(handle)) throw new Error('The socket has no handle to bind');
  bindHandle(handle, interfaceName);
}

/** The same for a server, right after `listen` has been told an address. */
export function bindServer(server: object, { interfaceName }: Tunnel): void {
  const calls = loadSystemCalls();
  const handle: unknown = Reflect.get(server, '_handle');
  if (!calls || !isBindable(handle)) return;
  if (calls.bindToDevice(handle.fd, interfaceName) !== 0)
    throw unreachable(`${interfaceName} cannot be bound to`);
}

/** A datagram socket that leaves through the tunnel, whatever address it is told to bind to. Call before it is used. */
export function confineDatagrams(socket: dgram.Socket, tunnel: Tunnel): dgram.Socket {
  bindHandle(handleOf(socket), tunnel.interfaceName);
  const bind = socket.bind.bind(socket) as (options: dgram.BindOptions) => dgram.Socket;
  // Sending binds too, by this method.
  socket.bind = (...args: unknown[]): dgram.Socket => {
    const [first] = args;
    const port: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'port') : first;
    const callback = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (callback) socket.once('listening', callback);
    return bind({ port: typeof port === 'number' ? port : 0, address: tunnel.address, exclusive: true });
  };
  return socket;
}

/** A datagram socket made here, through the tunnel. */
export function tunnelDatagrams(tunnel: Tunnel): dgram.Socket {
  return confineDatagrams(dgram.createSocket('udp4'), tunnel);
}

interface Bindable {
  fd: number;
  bind: (address: string, ...rest: unknown[]) => number;
}

function isBindable(handle: unknown): handle is Bindable {
  return typeof handle === 'object' && handle !== null && typeof Reflect.get(handle, 'bind') === 'function';
}

function bindHandle(handle: Bindable, interfaceName: string): void {
  const calls = loadSystemCalls();
  if (!calls) return;
  const bind = handle.bind.bind(handle);
  handle.bind = (address, ...rest) => {
    const failure = bind(address, ...rest);
    return failure === 0 ? calls.bindToDevice(handle.fd, interfaceName) : failure;
  };
}

/** A datagram socket keeps its handle behind a symbol; its public name for it is deprecated. */
function handleOf(socket: dgram.Socket): Bindable {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    const state: unknown = Reflect.get(socket, symbol);
    const handle: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, 'handle') : null;
    if (isBindable(handle)) return handle;
  }
  throw new Error('The datagram socket has no handle to bind');
}

function unreachable(message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code: 'ENETUNREACH' });
}
