import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Hono } from 'hono';
import type { AppEnv } from '../middleware/app-env.js';
import { createWebUiRoutes } from './web-ui.routes.js';

describe('the web application', () => {
  let root: string;
  let app: Hono<AppEnv>;

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'kinora-web-ui-'));
    await mkdir(path.join(root, 'assets'));
    await writeFile(path.join(root, 'index.html'), '<!doctype html><title>Kinora</title>');
    await writeFile(path.join(root, 'favicon.svg'), '<svg/>');
    await writeFile(path.join(root, 'assets/index-a1b2c3.js'), 'export const plain = true;');
    await writeFile(path.join(root, 'assets/index-a1b2c3.js.br'), 'compressed at build time');
    app = createWebUiRoutes(root);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const get = (address: string, headers: Record<string, string> = {}) =>
    Promise.resolve(app.request(address, { headers }));

  it.each(['/', '/sign-in', '/movies/019400000000'])(
    '%s is its page, revalidated by its tag',
    async (address) => {
      const first = await get(address);
      expect([first.status, await first.text()]).toEqual([200, '<!doctype html><title>Kinora</title>']);
      expect(first.headers.get('Content-Type')).toBe('text/html; charset=UTF-8');
      expect(first.headers.get('Cache-Control')).toBe('no-cache');
      const again = await get(address, { 'If-None-Match': first.headers.get('ETag') ?? '' });
      expect([again.status, await again.text()]).toEqual([304, '']);
    },
  );

  it.each(['/api/nothing', '/assets/none.js', '/robots.txt', '/health', '/metrics'])(
    '%s is no page of it',
    async (address) => expect((await get(address)).status).toBe(404),
  );

  it('sends files with a digest in their name to be kept for good, in the coding that the client takes', async () => {
    const plain = await get('/assets/index-a1b2c3.js');
    const small = await get('/assets/index-a1b2c3.js', { 'Accept-Encoding': 'gzip, br' });
    expect(await plain.text()).toBe('export const plain = true;');
    expect(await small.text()).toBe('compressed at build time');
    expect(small.headers.get('Content-Encoding')).toBe('br');
    for (const answer of [plain, small]) {
      expect(answer.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('Vary')).toBe('Accept-Encoding');
      expect(answer.headers.get('Content-Type')).toMatch(/^text\/javascript/);
    }
    expect((await get('/assets/none.js')).headers.get('Cache-Control')).toBeNull();
  });

  it('lets its icon be kept for a day', async () => {
    expect((await get('/favicon.svg')).headers.get('Cache-Control')).toBe('public, max-age=86400');
  });
});
