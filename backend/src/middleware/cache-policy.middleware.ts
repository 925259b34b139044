import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './app-env.js';

/**
 * Forbids storing an answer anywhere (RFC 9111 section 5.2.2.5), unless its route states a policy of its own. Nearly all
 * answers are about the person who asked, and a route that forgets this must not leave them in the cache of a browser
 * that others use, or of a proxy. Event streams never have a policy of their own, because the framework sets one for them.
 */
export function forbidStoring() {
  return createMiddleware<AppEnv>(async (context, next) => {
    await next();
    const { headers } = context.res;
    const isEventStream = headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
    if (isEventStream || !headers.has('Cache-Control')) context.header('Cache-Control', 'no-store');
  });
}
