import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Hono } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { FixedResponse } from './fixed-response.js';

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

/** The viewer's files that the page asks for, and their types. */
const viewerFiles = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** The API in readable form, drawn from /api/openapi.json by a viewer that this server brings along: nothing is fetched from elsewhere. */
export function createDocsRoutes(): Hono<AppEnv> {
  const viewer = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const docs = new Hono<AppEnv>();
  docs.get('/', new FixedResponse({ contentType: 'text/html; charset=UTF-8', load: () => page }).handler);
  docs.get(
    '/page.js',
    new FixedResponse({ contentType: 'text/javascript; charset=utf-8', load: () => script }).handler,
  );
  const files = new Map(
    Object.entries(viewerFiles).map(([name, contentType]) => {
      const file = new FixedResponse({ contentType, load: () => readFile(path.join(viewer, name)) });
      return [name, file];
    }),
  );
  docs.get('/assets/:file', (context, next) => {
    const file = files.get(context.req.param('file'));
    return file ? file.handler(context) : next();
  });
  return docs;
}
