import { readFileSync } from 'node:fs';
import path from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { FixedResponse } from './fixed-response.js';

/**
 * The built web application. Files have their digest in their name, so they are kept for ever; the page
 * itself is asked for each time. Any other path is a page of the application, which finds its way itself.
 */
export function createWebUiRoutes(root: string): Hono<AppEnv> {
  // Read at the start, so that a build that is missing shows then.
  const html = readFileSync(path.join(root, 'index.html'), 'utf8');
  const page = new FixedResponse({ contentType: 'text/html; charset=UTF-8', load: () => html });
  const keptFor = (cacheControl: string): MiddlewareHandler<AppEnv> => {
    return async (context, next) => {
      await next();
      const { status, headers } = context.res;
      if (status !== 200) return;
      context.header('Cache-Control', cacheControl);
      // The plain form also depends on what was accepted.
      if (!headers.has('Vary')) context.header('Vary', 'Accept-Encoding');
    };
  };
  const webUi = new Hono<AppEnv>();
  const file = serveStatic<AppEnv>({ root, precompressed: true });
  webUi.use('/assets/*', keptFor('public, max-age=31536000, immutable'), file);
  webUi.get('/favicon.svg', keptFor('public, max-age=86400'), file);
  webUi.get('*', async (context, next) => {
    const isPage = /^\/(?!api\/|assets\/|health$|ready$|metrics$)[^.]*$/.test(context.req.path);
    if (!isPage) return next();
    return page.handler(context);
  });
  return webUi;
}
