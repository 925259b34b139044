import { brotliDecompressSync } from 'node:zlib';
import { z } from '@hono/zod-openapi';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type KinoraApi, openKinoraApi } from '../test-support/kinora-api.js';
import { accessRules } from './access-rules.js';

let kinora: KinoraApi;

beforeAll(async () => {
  kinora = await openKinoraApi();
});
afterAll(() => kinora.dispose());

const get = (path: string, headers: Record<string, string> = {}) => kinora.request('GET', path, { headers });
const documentSchema = z.object({
  openapi: z.string(),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
});

describe('the description of the API', () => {
  it('is made once and the same bytes for everyone, however it is sent', async () => {
    const answers = await Promise.all(Array.from({ length: 150 }, () => get('/api/openapi.json')));
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect(texts.size).toBe(1);
    const [text = ''] = texts;
    // A document that was made anew would have it.
    kinora.routes.openAPIRegistry.registerComponent('securitySchemes', 'late', {
      type: 'http',
      scheme: 'basic',
    });
    expect(await (await get('/api/openapi.json')).text()).toBe(text);
    const small = await get('/api/openapi.json', { 'Accept-Encoding': 'br' });
    expect(small.headers.get('Content-Encoding')).toBe('br');
    expect(brotliDecompressSync(Buffer.from(await small.arrayBuffer())).toString()).toBe(text);
  });

  it('is JSON that describes every route outside the viewer, and is revalidated by its tag', async () => {
    const answer = await get('/api/openapi.json');
    expect(answer.headers.get('Content-Type')).toBe('application/json');
    const { openapi, info, paths, components } = documentSchema.parse(await answer.json());
    expect([openapi, info.title]).toEqual(['3.1.0', 'Kinora']);
    expect(components.securitySchemes).toHaveProperty('bearer');
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const missing = accessRules
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !described.includes(route));
    expect(missing).toEqual([
      'GET /api/openapi.json',
      'GET /api/docs',
      'GET /api/docs/page.js',
      'GET /api/docs/assets/:file',
    ]);
    const again = await get('/api/openapi.json', { 'If-None-Match': answer.headers.get('ETag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });
});

describe('the viewer of the API', () => {
  it.each([
    ['/api/docs', 'text/html; charset=UTF-8', '<title>Kinora API</title>'],
    ['/api/docs/page.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle('],
    ['/api/docs/assets/swagger-ui.css', 'text/css; charset=utf-8', '.swagger-ui'],
    ['/api/docs/assets/swagger-ui-bundle.js', 'text/javascript; charset=utf-8', 'SwaggerUIBundle'],
  ])('%s is sent compressed, once, and then revalidated', async (path, type, part) => {
    const plain = await get(path);
    expect([plain.status, plain.headers.get('Content-Type')]).toEqual([200, type]);
    expect(await plain.text()).toContain(part);
    const small = await get(path, { 'Accept-Encoding': 'gzip, br' });
    expect([small.headers.get('Content-Encoding'), small.headers.get('Vary')]).toEqual([
      'br',
      'Accept-Encoding',
    ]);
    const again = await get(path, { 'If-None-Match': small.headers.get('ETag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each(['swagger-ui.css.map', 'package.json', '..%2fpackage.json', 'index.html', 'swagger-ui.js'])(
    'does not send any other file of it: %s',
    async (name) => {
      expect((await get(`/api/docs/assets/${name}`)).status).toBe(404);
    },
  );
});
