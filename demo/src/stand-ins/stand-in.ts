import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { type Failure, FailurePlan } from './failure-plan.js';
import { anyCallRoute, type FixtureRoute, type Fixtures, matchRoute } from './fixtures.js';

/** A request as the stand-in saw it. */
export interface RecordedRequest {
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  path: string;
  query: Readonly<Record<string, string>>;
  /** Whether a failure was applied to it. */
  failed: boolean;
}

/** One provider's stand-in, as tests and the control endpoint drive it. */
export interface StandInControl {
  readonly name: string;
  /** `http://HOST:PORT` */
  readonly baseUrl: string;
  /** Makes requests go wrong, from now on. Failures add up; the oldest that fits a request wins. */
  fail(failure: Failure): void;
  /** Forgets every failure. */
  heal(): void;
  /** What was asked, oldest first; the last 2000. */
  readonly requests: readonly RecordedRequest[];
  clearRequests(): void;
}

/** What one provider adds to the generic server. */
export interface Provider {
  name: string;
  fixtures: Fixtures;
  /** Routes that need more than a recorded answer; they come before the fixtures. */
  addRoutes?: (app: Hono, baseUrl: () => string) => void;
  /** Refuses a request that may not be answered (keys), or null. */
  refuse?: (c: Context) => Response | null;
  /** What is said to a path that nobody knows. */
  unknownPath: (c: Context) => Response;
}

const REQUESTS_KEPT = 2_000;

/** An HTTP server on loopback that answers as a provider does, from fixtures, until told to fail. */
export class StandIn implements StandInControl {
  readonly #provider: Provider;
  readonly #plan = new FailurePlan();
  readonly #stopped = new AbortController();
  readonly #server: Server;
  #requests: RecordedRequest[] = [];
  #host = '127.0.0.1';
  #port = 0;

  constructor(provider: Provider) {
    this.#provider = provider;
    this.#server = createAdaptorServer({ fetch: this.#app().fetch }) as Server;
  }

  get name(): string {
    return this.#provider.name;
  }

  get baseUrl(): string {
    return `http://${this.#host}:${this.#port}`;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  clearRequests(): void {
    this.#requests = [];
  }

  fail(failure: Failure): void {
    this.#plan.fail(failure);
  }

  heal(): void {
    this.#plan.heal();
  }

  /** Where it will listen and be reached, in place of 127.0.0.1. */
  at(host: string): this {
    this.#host = host;
    return this;
  }

  async start(): Promise<void> {
    this.#server.listen(0, this.#host);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** For good: a stopped stand-in does not start again. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#stopped.abort();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #app(): Hono {
    const { addRoutes, refuse, unknownPath } = this.#provider;
    const app = new Hono();
    app.use('*', async (c: Context, next) => this.#record(c, next));
    app.use('*', async (c: Context, next) => refuse?.(c) ?? (await next()));
    addRoutes?.(app, () => this.baseUrl);
    app.all('*', (c: Context) => {
      const { fixtures } = this.#provider;
      const url = new URL(c.req.url);
      const route = matchRoute(fixtures.routes, {
        method: c.req.method,
        path: url.pathname,
        query: url.searchParams,
      });
      return route === null ? unknownPath(c) : fixtureAnswer(fixtures, route);
    });
    return app;
  }

  async #record(c: Context, next: () => Promise<void>): Promise<void> {
    const path = c.req.path;
    const failure = this.#plan.take(path);
    const request = {
      at: Date.now(),
      method: c.req.method,
      path,
      query: c.req.query(),
      failed: failure !== null,
    };
    this.#requests.push(request);
    if (this.#requests.length > REQUESTS_KEPT) this.#requests.shift();
    if (failure === null) {
      await next();
      return;
    }

    if (failure.delayMs !== undefined) {
      const signal = AbortSignal.any([this.#stopped.signal, c.req.raw.signal]);
      // The client gave up or the world ends: nobody reads the answer.
      await delay(failure.delayMs, undefined, { signal }).catch(() => undefined);
    }
    if (failure.status === undefined && failure.body === undefined) {
      await next();
      return;
    }
    const wrong = await this.#wrongAnswer(c, failure, async () => {
      await next();
      return c.res;
    });
    c.res = undefined; // or the headers of the right answer would be merged into the wrong one
    c.res = wrong;
  }

  async #wrongAnswer(c: Context, failure: Failure, rightAnswer: () => Promise<Response>): Promise<Response> {
    const { status, body } = failure;
    if (body === undefined) return this.#errorAnswer(status ?? 500);
    const answer = status === undefined ? await rightAnswer() : this.#errorAnswer(status);
    const headers = new Headers(answer.headers);
    headers.delete('content-length');
    const init = { status: status ?? answer.status, headers };
    switch (body) {
      case 'empty':
        return new Response(null, init);
      case 'html':
        headers.set('content-type', 'text/html; charset=UTF-8');
        return new Response(
          '<!DOCTYPE html>\n<html><head><title>Just a moment</title></head><body></body></html>\n',
          init,
        );
      case 'malformed': {
        const text = await answer.text();
        return new Response(`${text.slice(0, Math.ceil(text.length / 2))},]`, init);
      }
      case 'truncated':
        return breakOff(c, init, new Uint8Array(await answer.arrayBuffer()));
    }
  }

  #errorAnswer(status: number): Response {
    const { fixtures } = this.#provider;
    const route = anyCallRoute(fixtures.routes, status);
    if (route !== null) return fixtureAnswer(fixtures, route);
    if ([204, 205, 304].includes(status)) return new Response(null, { status });
    return Response.json({ status_message: `The stand-in was told to answer ${status}.` }, { status });
  }
}

export function fixtureAnswer(fixtures: Fixtures, route: FixtureRoute): Response {
  const body = route.body === null ? null : fixtures.text(route.body);
  const headers = new Headers(route.headers);
  headers.delete('content-length');
  return new Response(route.status === 204 ? null : body, { status: route.status, headers });
}

/** Sends the first half under the length of the whole, then ends the connection. */
async function breakOff(
  c: Context,
  init: { status: number; headers: Headers },
  bytes: Uint8Array,
): Promise<Response> {
  const { outgoing } = c.env as HttpBindings;
  const length = Math.max(bytes.length, 2);
  outgoing.writeHead(init.status, { ...Object.fromEntries(init.headers), 'content-length': length });
  await new Promise((sent) => outgoing.write(bytes.subarray(0, Math.floor(length / 2)), sent));
  outgoing.destroy();
  return RESPONSE_ALREADY_SENT;
}
