import { createRoute, z } from '@hono/zod-openapi';
import { type ReadinessCheck, readReadiness } from '../services/overview/readiness.js';
import { json } from './common.schemas.js';
import { createApi } from './create-api.js';

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  tags: ['operation'],
  summary: 'Whether the process lives',
  responses: { 200: json(z.object({ status: z.literal('ok') }), 'It lives') },
});

const readinessSchema = z
  .object({ status: z.enum(['ready', 'not-ready']), checks: z.record(z.string(), z.boolean()) })
  .openapi('Readiness');

const readyRoute = createRoute({
  method: 'get',
  path: '/ready',
  tags: ['operation'],
  summary: 'Whether requests can be served, by dependency',
  responses: { 200: json(readinessSchema, 'All work'), 503: json(readinessSchema, 'Some do not') },
});

export function createHealthRoutes(checks: readonly ReadinessCheck[]) {
  return createApi()
    .openapi(healthRoute, (context) => context.json({ status: 'ok' as const }, 200))
    .openapi(readyRoute, async (context) => {
      const results = await readReadiness(checks);
      const isReady = results.every(({ ok, optional }) => ok || optional);
      const body = {
        status: isReady ? ('ready' as const) : ('not-ready' as const),
        checks: Object.fromEntries(results.map(({ name, ok }) => [name, ok])),
      };
      return context.json(body, isReady ? 200 : 503);
    });
}
