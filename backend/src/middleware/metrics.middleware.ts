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
    // The last that matched is the handler, unless only middleware did: then nobody has such an address.
    const pattern = matchedRoutes(context).at(-1)?.path ?? '';
    const route = pattern === '' || pattern.endsWith('*') ? 'other' : pattern;
    const method = knownMethods.includes(context.req.method) ? context.req.method : 'other';
    metrics.requestAnswered(method, route, context.res.status, (performance.now() - startedAt) / 1000);
    const bindings = context.env as AppEnv['Bindings'] | undefined;
    if (route !== streamRoute || context.res.body === null || !bindings?.outgoing) return;
    if (bindings.outgoing.closed) return;
    metrics.streamOpened();
    bindings.outgoing.once('close', () => metrics.streamClosed());
  });
}
