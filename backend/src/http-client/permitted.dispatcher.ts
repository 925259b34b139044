import { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type Agent, buildConnector, Dispatcher } from 'undici';
import { AppError } from '../errors/app-error.js';
import { KeptSockets } from '../network/kept-sockets.js';
import { type NetworkPermission, samePermission, type Tunnel } from '../network/tunnel.js';
import { TunnelNames } from '../network/tunnel-names.js';
import { bindSocket, tunnelOptions } from '../network/tunnel-sockets.js';
import { connectTimeoutMs, createAgent } from './agent.js';
import { providerNames } from './name-lookups.js';

/** The request was not sent, because traffic like it must not leave now. */
export class NetworkClosedError extends AppError {
  override readonly name = 'NetworkClosedError';

  constructor(reason: string) {
    super('network-closed', reason, { retryAfterSeconds: 10 });
  }
}

/**
 * Sends requests as far as it is permitted: openly, through a tunnel alone, or not at all, which is how it begins. A
 * change ends every request and connection made under the old permission.
 */
export class PermittedDispatcher extends Dispatcher {
  private permission: NetworkPermission = { kind: 'closed', reason: 'The network is not permitted yet.' };
  private agent: Agent | null = null;
  /** Open through the tunnel. */
  private readonly sockets = new Set<Socket>();
  private readonly kept = new KeptSockets();

  setPermission(permission: NetworkPermission): void {
    const isSame = samePermission(this.permission, permission);
    const keeps = permission.kind === 'closed' && permission.keepsSockets === true;
    this.permission = permission;
    if (!keeps) this.kept.release();
    if (isSame) return;
    if (keeps) for (const socket of this.sockets) this.kept.keep(socket);
    const { agent } = this;
    this.agent = null;
    void agent?.destroy().catch(() => undefined);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { permission } = this;
    if (permission.kind === 'closed') throw new NetworkClosedError(permission.reason);
    this.agent ??= createAgent(
      permission.kind === 'open'
        ? { timeout: connectTimeoutMs, lookup: providerNames.lookup }
        : tunnelConnector(permission.tunnel, this.sockets),
    );
    return this.agent.dispatch(options, handler);
  }

  override async close(): Promise<void> {
    this.kept.release();
    await this.agent?.close();
  }

  override async destroy(): Promise<void> {
    this.kept.release();
    await this.agent?.destroy();
  }
}

/** Connects through the tunnel; what is in the operator's own network (an indexer beside us) is reached directly. */
function tunnelConnector(tunnel: Tunnel, sockets: Set<Socket>): buildConnector.connector {
  const direct = buildConnector({ timeout: connectTimeoutMs, lookup: providerNames.lookup });
  const names = new TunnelNames(tunnel);
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isNearby(host)) {
      direct(options, callback);
      return;
    }
    const socket = new Socket();
    const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
    const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), connectTimeoutMs);
    sockets.add(socket);
    socket.once('close', () => {
      clearTimeout(timer);
      sockets.delete(socket);
    });
    socket.once('error', (error) => callback(error, null));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      if (options.protocol === 'https:') direct({ ...options, httpSocket: socket }, callback);
      else callback(null, socket.setNoDelay(true));
    });
    try {
      socket.connect(tunnelOptions({ host, port }, tunnel, names.lookup));
      bindSocket(socket, tunnel);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error('no connection'));
    }
  };
}

/** Whether a host is of this machine or its own network: a private address, or a name without a dot. */
export function isNearby(host: string): boolean {
  if (!ipaddr.isValid(host)) return !host.includes('.') || host.endsWith('.localhost');
  return ['loopback', 'private', 'linkLocal', 'uniqueLocal'].includes(ipaddr.process(host).range());
}
