/// <reference types="node" />
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ApiReply {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface ApiServer {
  /** http://127.0.0.1:port */
  origin: string;
  /** Every request as "GET /api/home", in order. */
  requests: string[];
  stop: () => Promise<void>;
}

/** A real HTTP server on loopback that answers what a test says. */
export async function startApiServer(
  reply: (call: string, request: IncomingMessage) => ApiReply | Promise<ApiReply>,
): Promise<ApiServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    requests.push(call);
    request.resume();
    void Promise.resolve(reply(call, request)).then(({ status = 200, body, headers }) => {
      const type = status < 400 ? 'application/json' : 'application/problem+json';
      response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
