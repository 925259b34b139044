import { createRequire } from 'node:module';
import path from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Kinora API</title>
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
<div id="api"></div>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="/api/docs/page.js"></script>
</html>`;

const script = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });`;

/** The API in readable form, drawn from /api/openapi.json by a viewer that this server brings along: nothing is fetched from elsewhere. */
export function createDocsRoutes(): Hono<AppEnv> {
  const viewer = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const docs = new Hono<AppEnv>();
  docs.get('/', (context) => context.html(page));
  docs.get('/page.js', (context) =>
    context.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  docs.get(
    '/assets/:file{swagger-ui(-bundle)?\\.(css|js)}',
    serveStatic({ root: viewer, rewriteRequestPath: (asked) => path.basename(asked) }),
  );
  return docs;
}
