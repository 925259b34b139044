import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import type { Metrics } from '../logging/metrics.js';
import type { AppEnv } from './app-env.js';

const streamRoute = '/api/stream/:grant';
const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Counts every answer by its route's pattern, and film bytes as long as they flow. */
export function measureRequests(metrics: Metrics) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const startedAt = performance.now();
    await next();
    // Middleware and the pages of the web application match by a star; what matches without one is the route.
    const route = matchedRoutes(context).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'other';
    const method = knownMethods.includes(context.req.method) ? context.req.method : 'other';
    metrics.requestAnswered(method, route, context.res.status, (performance.now() - startedAt) / 1000);
    const bindings = context.env as AppEnv['Bindings'] | undefined;
    if (route !== streamRoute || context.res.body === null || !bindings?.outgoing) return;
    if (bindings.outgoing.closed) return;
    metrics.streamOpened();
    bindings.outgoing.once('close', () => metrics.streamClosed());
  });
}
