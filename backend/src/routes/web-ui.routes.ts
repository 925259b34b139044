import { readdirSync, readFileSync } from 'node:fs';
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
  const names = builtFiles(path.join(root, 'assets'));
  const onlyBuilt: MiddlewareHandler<AppEnv> = async (context, next) => {
    if (!names.has(context.req.path.slice('/assets/'.length))) return context.notFound();
    await next();
  };
  const keep: MiddlewareHandler<AppEnv> = async (context, next) => {
    await next();
    if (context.res.status === 200) context.header('Cache-Control', 'public, max-age=31536000, immutable');
  };
  const webUi = new Hono<AppEnv>();
  webUi.use('/assets/*', onlyBuilt, keep, serveStatic({ root, precompressed: true }));
  webUi.get('/favicon.svg', serveStatic({ root }));
  webUi.get('*', async (context, next) => {
    const isPage = /^\/(?!api\/|assets\/|health$|ready$|metrics$)[^.]*$/.test(context.req.path);
    if (!isPage) return next();
    return context.html(page, 200, { 'Cache-Control': 'no-cache' });
  });
  return webUi;
}

/** Names of the files that pages refer to: no others are served, wherever a path in a request may lead. */
function builtFiles(folder: string): ReadonlySet<string> {
  const isServed = (name: string) => /^[\w-][\w.-]*\.(js|css|woff2?|svg|png|jpg|webp|wasm)$/.test(name);
  return new Set(readdirSync(folder).filter(isServed));
}
