import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

/** The listening address cannot be had; the message says why, for the operator. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface HttpServerOptions {
  host: string;
  port: number;
  fetch: (request: Request) => Response | Promise<Response>;
  /** For tests. */
  limits?: typeof httpLimits;
}

/**
 * How long a client may take, milliseconds: nothing here limits how long a film may take to leave. Who says nothing, or
 * says it a byte at a time, is gone after `headersTimeout` and the next look.
 */
export const httpLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  /** Connections at once; more are closed as they come. */
  maxConnections: 8_192,
};

/** How long streams that still run may go on once the server is asked to stop, milliseconds. */
const farewellMs = 2_000;

/** The listening socket, with limits on how long a request may take to arrive. */
export class HttpServer {
  private readonly server: Server;

  constructor(private readonly options: HttpServerOptions) {
    const { maxConnections, ...timeouts } = options.limits ?? httpLimits;
    this.server = createAdaptorServer({
      fetch: options.fetch,
      serverOptions: { ...timeouts, noDelay: true },
    }) as Server;
    this.server.maxConnections = maxConnections;
  }

  /** Listens; answers the port, which is a free one if 0 was asked for. */
  async start(): Promise<number> {
    const { host, port } = this.options;
    this.server.listen(port, host);
    try {
      await once(this.server, 'listening');
    } catch (error) {
      throw new ListenError(listenFailure(error, host, port), { cause: error });
    }
    return (this.server.address() as AddressInfo).port;
  }

  /** Takes no new requests, lets those under way finish for a moment, then closes. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeIdleConnections();
    const farewell = setTimeout(() => this.server.closeAllConnections(), farewellMs);
    await closed;
    clearTimeout(farewell);
  }
}

function listenFailure(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program. Set PORT to a free one.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
      return `The address ${host} is not one of this machine. Set HOST to one that is.`;
    default:
      return `Cannot listen on ${host} port ${port} (${String(code)}).`;
  }
}
