import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpServer, httpLimits } from './http-server.js';

const host = '127.0.0.1';
/** As the real ones, in a time a test can wait for. */
const short = {
  ...httpLimits,
  headersTimeout: 6_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 200,
};
const sockets: Socket[] = [];
let server: HttpServer;
let dribble: NodeJS.Timeout | undefined;

afterEach(async () => {
  clearInterval(dribble);
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop();
});

async function serve(
  limits: typeof httpLimits,
  fetch: (request: Request) => Response | Promise<Response> = () => new Response('well'),
): Promise<number> {
  server = new HttpServer({ host, port: 0, fetch, limits });
  return server.start();
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, host);
  socket.on('error', () => undefined).resume();
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function several(count: number, port: number): Promise<Socket[]> {
  const opened: Socket[] = [];
  // As many at once as a machine's queue of new connections takes.
  while (opened.length < count)
    opened.push(
      ...(await Promise.all(Array.from({ length: Math.min(100, count - opened.length) }, () => open(port)))),
    );
  return opened;
}

/** It may be reset while it is written to: that is an end too. */
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())));

describe('F27 1,000 connections that say nothing and 200 that never finish their request', () => {
  it('hold up nobody, and are closed', async () => {
    const port = await serve(short);
    const idle = await several(1_000, port);
    const slow = await several(200, port);
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nHost: kinora\r\n');
    dribble = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('a');
    }, 100);
    const asked = performance.now();
    const answer = await fetch(`http://${host}:${port}/`);
    expect(await answer.text()).toBe('well');
    // Some ten milliseconds on a quiet machine.
    expect(performance.now() - asked).toBeLessThan(5_000);
    await Promise.all([...idle, ...slow].map(closed));
    expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('well');
  });

  it('are closed within fifteen seconds by the limits that hold', () => {
    expect(httpLimits.headersTimeout + httpLimits.connectionsCheckingInterval).toBeLessThanOrEqual(15_000);
    expect(httpLimits.requestTimeout).toBeLessThanOrEqual(30_000);
    expect(httpLimits.keepAliveTimeout).toBeLessThanOrEqual(5_000);
  });

  it('are refused when they are more than the server takes', async () => {
    const port = await serve({ ...short, maxConnections: 5 });
    await several(5, port);
    await closed(await open(port));
    await Promise.all(sockets.map(closed));
    expect((await fetch(`http://${host}:${port}/`)).status).toBe(200);
  });
});

it('F18 a request under way is answered while the server stops, and no new one is taken', async () => {
  let finish: () => void = () => undefined;
  let began: () => void = () => undefined;
  const underWay = new Promise<void>((resolve) => (began = resolve));
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const port = await serve(httpLimits, async (request) => {
    began();
    await finished;
    return new Response(`kept ${await request.text()}`, { status: 201 });
  });
  const answer = fetch(`http://${host}:${port}/`, { method: 'POST', body: 'this' });
  await underWay;
  const stopped = server.stop();
  await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow();
  finish();
  expect((await answer).status).toBe(201);
  expect(await (await answer).text()).toBe('kept this');
  await stopped;
});
