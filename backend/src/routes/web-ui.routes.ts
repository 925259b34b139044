import { readFileSync } from 'node:fs';
import path from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';

/**
 * The built web application. Files have their digest in their name, so they are kept for ever; the page
 * itself is asked for each time. Any other path is a page of the application, which finds its way itself.
 */
export function createWebUiRoutes(root: string): Hono<AppEnv> {
  const page = readFileSync(path.join(root, 'index.html'), 'utf8');
  const keep: MiddlewareHandler<AppEnv> = async (context, next) => {
    await next();
    if (context.res.status === 200) context.header('Cache-Control', 'public, max-age=31536000, immutable');
  };
  const webUi = new Hono<AppEnv>();
  webUi.use('/assets/*', keep, serveStatic({ root, precompressed: true }));
  webUi.get('/favicon.svg', serveStatic({ root }));
  webUi.get('*', async (context, next) => {
    const isPage = /^\/(?!api\/|assets\/|health$|ready$|metrics$)[^.]*$/.test(context.req.path);
    if (!isPage) return next();
    return context.html(page, 200, { 'Cache-Control': 'no-cache' });
  });
  return webUi;
}
