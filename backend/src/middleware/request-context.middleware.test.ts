import { describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { createLogger } from '../logging/logger.js';
import type { AppEnv } from './app-env.js';
import { loggedPath } from './logged-path.js';
import { requestContext } from './request-context.middleware.js';

function setUp() {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'info',
    pretty: false,
    destination: { write: (line) => lines.push(line) },
  });
  const app = new Hono<AppEnv>();
  app.use(requestContext({ logger, trustedProxies: ['127.0.0.1'] }));
  app.get('/api/stream/:grant', (context) => context.body('film'));
  app.get('/fail', () => {
    throw new Error('broken');
  });
  app.get('/who', (context) => {
    context.var.logger.info('inside');
    return context.json({ address: context.var.clientAddress, requestId: context.var.requestId });
  });
  app.onError((_, context) => context.text('sorry', 500));
  return { app, lines, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });

describe('the request context', () => {
  test('names the request itself, in the answer and in every line', async () => {
    const { app, logged } = setUp();
    const answer = await app.request(
      '/who',
      { headers: { 'X-Request-Id': 'chosen', 'X-Forwarded-For': '203.0.113.9' } },
      from('127.0.0.1'),
    );
    const body = (await answer.json()) as { requestId: string; address: string };
    expect(body.address).toBe('203.0.113.9');
    expect(body.requestId).not.toBe('chosen');
    expect(answer.headers.get('X-Request-Id')).toBe(body.requestId);
    expect(logged()).toMatchObject([
      { msg: 'inside', requestId: body.requestId },
      {
        msg: 'request',
        requestId: body.requestId,
        method: 'GET',
        path: '/who',
        status: 200,
        address: '203.0.113.9',
      },
    ]);
  });

  test('logs and names a failure too', async () => {
    const { app, logged } = setUp();
    const answer = await app.request('/fail');
    expect(answer.headers.get('X-Request-Id')).toBe(logged()[0]?.['requestId']);
    expect(logged()).toMatchObject([{ path: '/fail', status: 500, address: 'unknown' }]);
  });

  test('T46 keeps grants and queries out of the log', async () => {
    const { app, lines } = setUp();
    await app.request('/api/stream/canary.grant.value?token=canary');
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('canary');
    expect(lines.join()).toContain('/api/stream/[grant]');
  });
});

test.each([
  ['/api/stream/abc.def', '/api/stream/[grant]'],
  ['/api/stream/abc.def/segment-1.m4s', '/api/stream/[grant]/segment-1.m4s'],
  ['//api//stream//abc', '//api//stream//[grant]'],
  ['/API/Stream/abc', '/API/Stream/[grant]'],
  ['/api/movies/1', '/api/movies/1'],
  [`/${'x'.repeat(1_000)}`, `/${'x'.repeat(299)}`],
])('%s is logged as %s', (path, logged) => {
  expect(loggedPath(path)).toBe(logged);
});
