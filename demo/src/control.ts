import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { FAILURE_BODIES, type Failure } from './stand-ins/failure-plan.js';
import { isObject, type Json, type JsonObject } from './stand-ins/fixtures.js';
import type { DemoWorld } from './world.js';

/** A small HTTP door for a person with curl: makes providers fail and seeders stop. `GET /__control` tells how. */
export class ControlServer {
  readonly #server: Server;

  constructor(world: DemoWorld) {
    this.#server = createAdaptorServer({ fetch: createControlApp(world).fetch }) as Server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/__control`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

const EXAMPLES = [
  { provider: 'tmdb', fail: { status: 503 } },
  { provider: 'yts', fail: { body: 'html', path: 'list_movies', times: 2, delayMs: 500 } },
  { provider: 'tmdb', heal: true },
  { seeders: 'stop' },
  { seeders: 'start' },
  { uploadBytesPerSecond: 500_000 },
  { vpnProtected: false },
];

/** The routes behind `ControlServer`. */
export function createControlApp(world: DemoWorld): Hono {
  const app = new Hono();
  app.get('/__control', (c) => {
    const providers = Object.values(world.providers).map((provider) => {
      const last = provider.requests.slice(-5).map(({ method, path }) => `${method} ${path}`);
      return { name: provider.name, url: provider.baseUrl, requests: provider.requests.length, last };
    });
    const seeders = world.swarm.seeders.map(({ software, isRunning }) => ({ software, isRunning }));
    return c.json({ providers, seeders, post: EXAMPLES, failureBodies: FAILURE_BODIES });
  });
  app.post('/__control', async (c) => {
    const body: Json = await c.req.json<Json>().catch(() => null);
    const complaint = isObject(body) ? await obey(world, body) : 'the body has to be a JSON object';
    return complaint === null ? c.json({ done: body }) : c.json({ error: complaint, post: EXAMPLES }, 400);
  });
  return app;
}

/** Does what it is told; gives a complaint when it does not understand. */
async function obey(world: DemoWorld, order: JsonObject): Promise<string | null> {
  const { provider: name, fail, heal, seeders, uploadBytesPerSecond: rate, vpnProtected } = order;
  if (name !== undefined) {
    const provider = Object.values(world.providers).find((known) => known.name === name);
    if (provider === undefined) return `provider is one of ${Object.keys(world.providers).join(', ')}`;
    if (heal === true) provider.heal();
    if (!isObject(fail)) return heal === true ? null : 'fail (an object) or heal: true is missing';
    const failure = failureFrom(fail);
    if (typeof failure === 'string') return failure;
    provider.fail(failure);
    return null;
  }
  if (seeders === 'stop') await world.swarm.stop();
  else if (seeders === 'start') await world.swarm.start();
  else if (rate === null || (typeof rate === 'number' && rate > 0)) world.swarm.setUploadRate(rate);
  else if (typeof vpnProtected === 'boolean') world.providers.nordvpn.setProtected(vpnProtected);
  else return 'nothing to do in this';
  return null;
}

function failureFrom(asked: JsonObject): Failure | string {
  const { status, delayMs, body, path, times } = asked;
  const failure: Failure = {};
  for (const [name, value, least, most] of [
    ['status', status, 200, 599],
    ['delayMs', delayMs, 0, 600_000],
    ['times', times, 1, 1_000_000],
  ] as const) {
    if (value === undefined) continue;
    if (typeof value !== 'number' || value < least || value > most)
      return `${name} is a number from ${least} to ${most}`;
    failure[name] = value;
  }
  if (body !== undefined) {
    const known = FAILURE_BODIES.find((one) => one === body);
    if (known === undefined) return `body is one of ${FAILURE_BODIES.join(', ')}`;
    failure.body = known;
  }
  if (path !== undefined) {
    try {
      failure.path = new RegExp(typeof path === 'string' ? path : '(');
    } catch {
      return 'path is a regular expression';
    }
  }
  return failure.status === undefined && failure.delayMs === undefined && failure.body === undefined
    ? 'fail needs a status, delayMs or body'
    : failure;
}
