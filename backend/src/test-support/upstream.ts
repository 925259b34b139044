import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type UpstreamHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A provider's stand-in: a real HTTP server on loopback. */
export interface Upstream {
  url: string;
  /** Path and query of every request so far. */
  requests: string[];
  /** Headers of the last request. */
  lastHeaders: IncomingMessage['headers'];
  /** Decides all answers from now on. */
  answer: (handler: UpstreamHandler) => void;
  stop: () => Promise<void>;
}

export async function startUpstream(first: UpstreamHandler): Promise<Upstream> {
  let handler = first;
  const server = createServer((request, response) => {
    upstream.requests.push(request.url ?? '');
    upstream.lastHeaders = request.headers;
    handler(request, response);
  });
  const upstream: Upstream = {
    url: '',
    requests: [],
    lastHeaders: {},
    answer: (next) => (handler = next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
}

export function sendJson(body: unknown, status = 200): UpstreamHandler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
}

export function sendFile(
  file: URL,
  contentType = 'application/json;charset=utf-8',
  status = 200,
): UpstreamHandler {
  const body = readFileSync(file);
  return (_request, response) => response.writeHead(status, { 'content-type': contentType }).end(body);
}
