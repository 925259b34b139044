import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Hono } from 'hono';
import { logConsole } from '../logging/console-lines.js';
import { createLogger } from '../logging/logger.js';
import type { AppEnv } from '../middleware/app-env.js';
import { requestContext } from '../middleware/request-context.middleware.js';
import { streamEvents, streamedBody } from './streamed-body.js';

const chunk = new Uint8Array(64 * 1024);

describe('what a stream that breaks off leaves in the log', () => {
  let lines: { level: number; msg: string; err?: { message: string } }[];
  let server: ServerType;
  let url: string;
  let ended: Promise<void>;
  let wasCancelled: boolean;
  const { error, warn, info, debug } = console;

  beforeEach(async () => {
    lines = [];
    wasCancelled = false;
    const destination = { write: (text: string) => void lines.push(JSON.parse(text) as (typeof lines)[0]) };
    const logger = createLogger({ level: 'debug', pretty: false, destination });
    logConsole(logger, console);
    let end: () => void = () => undefined;
    ended = new Promise((resolve) => (end = resolve));
    async function* film(fails: boolean): AsyncGenerator<Uint8Array> {
      try {
        // The server reads the first chunks before it sends the head of the answer.
        for (let sent = 0; !fails || sent < 20; sent += 1) {
          await new Promise(setImmediate);
          yield chunk;
        }
        throw new Error('the disk is gone');
      } finally {
        end();
      }
    }
    const app = new Hono<AppEnv>();
    app.use(requestContext({ logger, trustedProxies: [] }));
    app.get('/film', (context) => {
      const left = () => {
        wasCancelled = true;
      };
      return new Response(streamedBody(context, film(false), left), {
        headers: { 'Content-Length': '1000000000' },
      });
    });
    app.get('/broken', (context) => new Response(streamedBody(context, film(true))));
    app.get('/events', (context) =>
      streamEvents(context, async (stream) => {
        await stream.writeSSE({ data: 'first' });
        throw new Error('the database is gone');
      }),
    );
    server = createAdaptorServer({ fetch: app.fetch.bind(app) });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    Object.assign(console, { error, warn, info, debug });
    await new Promise((resolve) => server.close(resolve));
  });

  const open = async (path: string): Promise<IncomingMessage> => {
    const request = get(url + path);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  };

  it('is nothing of weight when the client left, and its source is closed', async () => {
    const response = await open('/film');
    await once(response, 'data');
    response.destroy();
    await ended;
    expect(wasCancelled).toBe(true);
    expect(lines.filter(({ level }) => level >= 40)).toEqual([]);
  });

  it('is one line when the source failed, and the client does not take what it has for the whole', async () => {
    const response = await open('/broken');
    response.resume();
    await once(response, 'error').catch(() => undefined);
    expect(response.complete).toBe(false);
    const grave = lines.filter(({ level }) => level >= 40);
    expect(grave).toMatchObject([{ msg: 'stream broken off', err: { message: 'the disk is gone' } }]);
  });

  it('is one line when events could not be told, and the client hears nothing of the reason', async () => {
    const response = await open('/events');
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    await once(response, 'close');
    expect(text).toBe('data: first\n\n');
    const grave = lines.filter(({ level }) => level >= 40);
    expect(grave).toMatchObject([
      { msg: 'event stream broken off', err: { message: 'the database is gone' } },
    ]);
  });
});
