import { expect, test } from '@jest/globals';
import { createHealthRoutes } from './health.routes.js';

async function ready(engine: boolean, cache: boolean): Promise<{ code: number; body: unknown }> {
  const routes = createHealthRoutes([
    { name: 'engine', isReady: () => engine },
    { name: 'cache', isReady: () => Promise.resolve(cache), optional: true },
  ]);
  const answer = await routes.request('/ready');
  return { code: answer.status, body: await answer.json() };
}

test('a server is ready without what it can do without, and tells that it is missing', async () => {
  expect(await ready(true, true)).toEqual({
    code: 200,
    body: { status: 'ready', checks: { engine: true, cache: true } },
  });
  expect(await ready(true, false)).toEqual({
    code: 200,
    body: { status: 'ready', checks: { engine: true, cache: false } },
  });
  expect(await ready(false, true)).toMatchObject({ code: 503, body: { status: 'not-ready' } });
});
