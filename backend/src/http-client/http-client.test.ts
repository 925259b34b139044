import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { z } from 'zod';
import {
  ProviderNotFoundError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from './http-client.errors.js';
import { HttpClient, type HttpClientOptions } from './http-client.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const schema = z.object({ title: z.string() });
const film = { title: 'Sintel' };

let server: Server;
let handlers: Handler[];
let requests: IncomingMessage[];
let clients: HttpClient[];
let log: string;

beforeEach(async () => {
  handlers = [];
  requests = [];
  clients = [];
  log = '';
  server = createServer((request, response) => {
    requests.push(request);
    // The last answer stays for all later requests.
    const handler = handlers.length > 1 ? handlers.shift() : handlers[0];
    handler?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function address(path = '/film?api_key=s3cret'): URL {
  return new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = new HttpClient({
    provider: 'Films',
    userAgent: 'Kinora/0.1.0',
    logger: pino({ level: 'trace' }, { write: (line: string) => void (log += line) }),
    retry: { attempts: 3, baseMs: 1, capMs: 2 },
    ...options,
  });
  clients.push(made);
  return made;
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json;charset=utf-8', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
}

const hang: Handler = () => undefined;
const get = (http: HttpClient, url = address()) =>
  http.getJson(url, schema, { headers: { authorization: 'Bearer s3cret' } });

async function faultOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderUnavailableError) return error.fault;
  return error instanceof Error ? error.name : String(error);
}

describe('HttpClient.getJson', () => {
  it('gives the checked document, with unknown keys dropped, and says who asks', async () => {
    handlers = [json({ ...film, extra: 1 })];
    await expect(get(client())).resolves.toEqual(film);
    expect(requests[0]?.headers['user-agent']).toBe('Kinora/0.1.0');
  });

  it('reads compressed answers and a byte order mark', async () => {
    handlers = [json(gzipSync(`\uFEFF${JSON.stringify(film)}`), 200, { 'content-encoding': 'gzip' })];
    await expect(get(client())).resolves.toEqual(film);
  });

  it.each([500, 502, 503, 504])('tries again after %d (F01)', async (status) => {
    handlers = [json({}, status), json(film)];
    await expect(get(client())).resolves.toEqual(film);
    expect(requests).toHaveLength(2);
  });

  it('gives up after three attempts (F01)', async () => {
    handlers = [json({}, 500)];
    await expect(faultOf(get(client()))).resolves.toBe('server-error');
    expect(requests).toHaveLength(3);
  });

  it('tries again when the connection breaks off', async () => {
    handlers = [(request) => request.socket.destroy(), json(film)];
    await expect(get(client())).resolves.toEqual(film);
  });

  it('waits as long as Retry-After says on 429 (F02)', async () => {
    handlers = [json({}, 429, { 'retry-after': '1' }), json(film)];
    const start = performance.now();
    await expect(get(client())).resolves.toEqual(film);
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  it('sends nothing more while the provider wants a pause beyond the deadline (F02)', async () => {
    handlers = [json({}, 429, { 'retry-after': '60' }), json(film)];
    const http = client();
    await expect(get(http)).rejects.toMatchObject({ code: 'provider-unavailable', retryAfterSeconds: 60 });
    await expect(get(http)).rejects.toMatchObject({ code: 'provider-unavailable', fault: 'circuit-open' });
    expect(requests).toHaveLength(1);
  });

  it('ends at the deadline when headers never come (F03)', async () => {
    handlers = [hang];
    await expect(get(client({ timeoutMs: 80 }))).rejects.toBeInstanceOf(ProviderTimeoutError);
  });

  it('ends at the deadline when the body trickles, and lets go of the connection (F03)', async () => {
    const closed = new Promise<void>((resolve) => {
      handlers = [
        (request, response) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          const timer = setInterval(() => response.write(' '), 10);
          request.socket.on('close', () => {
            clearInterval(timer);
            resolve();
          });
        },
      ];
    });
    await expect(get(client({ timeoutMs: 100 }))).rejects.toBeInstanceOf(ProviderTimeoutError);
    await closed;
  });

  it.each<[string, Handler]>([
    ['malformed JSON', json('{"title": "Sin')],
    ['an empty body', json('')],
    ['bytes that are not UTF-8', json(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    ['another shape', json({ title: 7 })],
    ['JSON null', json('null')],
    ['HTML with status 200', json('<html>parked</html>', 200, { 'content-type': 'text/html' })],
    ['no content type', (_request, response) => response.end(JSON.stringify(film))],
    ['status 204', (_request, response) => response.writeHead(204).end()],
  ])('calls %s a bad answer and does not ask again (F04, F05)', async (_name, handler) => {
    handlers = [handler];
    await expect(faultOf(get(client()))).resolves.toBe('bad-answer');
    expect(requests).toHaveLength(1);
  });

  it('calls a truncated gzip body a broken connection (F04)', async () => {
    const whole = gzipSync(JSON.stringify({ title: 'x'.repeat(5000) }));
    handlers = [json(whole.subarray(0, whole.length - 10), 200, { 'content-encoding': 'gzip' })];
    await expect(faultOf(get(client()))).resolves.toBe('unreachable');
  });

  it('stops a body that says it is too large, and one that turns out to be (T55)', async () => {
    handlers = [json(JSON.stringify({ title: 'x'.repeat(2000) }))];
    await expect(faultOf(get(client({ maxBytes: 1000 })))).resolves.toBe('bad-answer');
    handlers = [
      json(gzipSync(JSON.stringify({ title: 'x'.repeat(1_000_000) })), 200, { 'content-encoding': 'gzip' }),
    ];
    await expect(faultOf(get(client({ maxBytes: 100_000 })))).resolves.toBe('bad-answer');
  });

  it('tells "no such thing" from trouble', async () => {
    handlers = [json({}, 404)];
    await expect(get(client())).rejects.toBeInstanceOf(ProviderNotFoundError);
    handlers = [json({}, 401)];
    await expect(faultOf(get(client()))).resolves.toBe('refused');
    expect(requests).toHaveLength(2);
  });

  it('follows redirects on the same host and none to another (T15)', async () => {
    handlers = [(_request, response) => response.writeHead(301, { location: '/moved' }).end(), json(film)];
    await expect(get(client())).resolves.toEqual(film);
    expect(requests[1]?.url).toBe('/moved');
    handlers = [
      (_request, response) =>
        response.writeHead(302, { location: `http://localhost:${address().port}/` }).end(),
      json(film),
    ];
    await expect(faultOf(get(client()))).resolves.toBe('bad-answer');
    expect(requests).toHaveLength(3);
    handlers = [(_request, response) => response.writeHead(302, { location: '/again' }).end()];
    await expect(faultOf(get(client()))).resolves.toBe('bad-answer');
  });

  it('follows a redirect to a host that the call allows, without the credentials (T15)', async () => {
    handlers = [
      (_request, response) =>
        response.writeHead(302, { location: `http://localhost:${address().port}/there` }).end(),
      json(film),
    ];
    const http = client();
    const request = { headers: { authorization: 'Bearer secret', 'x-kind': 'film' } };
    const mayLeadTo = ({ hostname }: URL) => hostname === 'localhost';
    await expect(http.getJson(address(), schema, { ...request, mayLeadTo })).resolves.toEqual(film);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', undefined]);
    expect(requests[1]?.headers['x-kind']).toBe('film');
  });

  it('leaves a failing provider alone, then tries it again (F07, F08)', async () => {
    handlers = [json({}, 500)];
    const http = client({
      retry: { attempts: 1, baseMs: 1, capMs: 1 },
      breaker: { failures: 2, halfOpenAfterMs: 60 },
    });
    await expect(faultOf(get(http))).resolves.toBe('server-error');
    await expect(faultOf(get(http))).resolves.toBe('server-error');
    await expect(faultOf(get(http))).resolves.toBe('circuit-open');
    expect(requests).toHaveLength(2);
    handlers = [json(film)];
    const opened = Date.now();
    while ((await faultOf(get(http))) === 'circuit-open') expect(Date.now() - opened).toBeLessThan(5_000);
    expect(requests.length).toBeGreaterThan(2);
  });

  it('ends when the caller gives up, with the reason of the caller', async () => {
    const giveUp = new AbortController();
    handlers = [() => giveUp.abort(new Error('page left'))];
    await expect(client().getJson(address(), schema, { signal: giveUp.signal })).rejects.toThrow('page left');
    await expect(client().getJson(address(), schema, { signal: giveUp.signal })).rejects.toThrow('page left');
    expect(requests).toHaveLength(1);
  });

  it('puts no key into errors or log lines (T48)', async () => {
    handlers = [json({}, 500), json({}, 500), json('{"s3cret"', 200)];
    const http = client();
    const errors: unknown[] = [];
    for (let call = 0; call < 2; call++) await get(http).catch((error: unknown) => errors.push(error));
    await http
      .getJson(new URL('http://127.0.0.1:1/?api_key=s3cret'), schema)
      .catch((error: unknown) => errors.push(error));
    const sink = pino({ level: 'trace' }, { write: (line: string) => void (log += line) });
    for (const error of errors) sink.error({ err: error }, 'failed');
    expect(errors.length).toBeGreaterThanOrEqual(2);
    expect(log).toContain('/film');
    expect(log).not.toContain('s3cret');
  });
});

describe('HttpClient.getBytes', () => {
  const wanted = { contentTypes: ['image/jpeg'], maxBytes: 16 };

  it('gives bytes of a wanted type', async () => {
    handlers = [json(Buffer.from([1, 2, 3]), 200, { 'content-type': 'image/jpeg' })];
    const answer = await client().getBytes(address(), wanted);
    expect({ ...answer, bytes: [...answer.bytes] }).toEqual({ bytes: [1, 2, 3], contentType: 'image/jpeg' });
  });

  it('refuses other types and longer bodies', async () => {
    handlers = [json('<svg/>', 200, { 'content-type': 'image/svg+xml' })];
    await expect(faultOf(client().getBytes(address(), wanted))).resolves.toBe('bad-answer');
    handlers = [json(Buffer.alloc(17), 200, { 'content-type': 'image/jpeg' })];
    await expect(faultOf(client().getBytes(address(), wanted))).resolves.toBe('bad-answer');
  });
});
