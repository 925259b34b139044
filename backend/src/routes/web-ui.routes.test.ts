import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type ServerType, serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createWebUiRoutes } from './web-ui.routes.js';

const page = '<!doctype html><title>Kinora</title>';
const secret = 'SECRET';
let folder: string;
let server: ServerType;
let port: number;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'kinora-web-'));
  const root = path.join(folder, 'dist');
  mkdirSync(path.join(root, 'assets', 'inner'), { recursive: true });
  const write = (name: string, content: string) => writeFileSync(path.join(folder, name), content);
  write('dist/index.html', page);
  write('dist/assets/main-1a2b.js', 'main');
  write('dist/assets/main-1a2b.css', 'style');
  for (const name of [
    'secret.txt',
    'secret.js',
    '.env',
    'dist/.env',
    'dist/secret.js',
    'dist/assets/main-1a2b.js.map',
    'dist/assets/.env',
    'dist/assets/.secret.js',
    'dist/assets/inner/secret.js',
    'dist/assets/secret.json',
  ])
    write(name, secret);
  symlinkSync(path.join(folder, 'secret.txt'), path.join(root, 'assets', 'linked.txt'));
  server = serve({ fetch: createWebUiRoutes(root).fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Sends the path as it is: `fetch` would tidy it up. */
async function ask(target: string, method = 'GET'): Promise<{ status: number; body: string }> {
  const outgoing = request({ host: '127.0.0.1', port, path: target, method }).end();
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

describe('the built web application', () => {
  test('is served with its files', async () => {
    expect(await ask('/assets/main-1a2b.js')).toEqual({ status: 200, body: 'main' });
    expect(await ask('/movies/7')).toEqual({ status: 200, body: page });
  });

  const up = ['..', '%2e%2e', '.%2e', '%2e.', '%252e%252e', '..;', '%c0%ae%c0%ae', '..%00', '..%20'];
  const slash = ['/', '%2f', '%252f', '\\', '%5c', '//'];
  const climbs = up.flatMap((dots) =>
    slash.flatMap((between) => [
      `/assets/${dots}${between}${dots}${between}secret.txt`,
      `/assets/${dots}${between}secret.js`,
      `/${dots}${between}secret.js`,
    ]),
  );
  const inside = [
    '/.env',
    '/%2eenv',
    '//.env',
    '/secret.js',
    '/assets/.env',
    '/assets/%2eenv',
    '/assets/.secret.js',
    '/assets/main-1a2b.js.map',
    '/assets/main-1a2b.js%2emap',
    '/assets/inner/secret.js',
    '/assets/inner%2fsecret.js',
    '/assets/secret.json',
    '/assets/linked.txt',
    '/assets/',
    '/assets',
    '/assets/inner/',
    '//assets//..//secret.js',
  ];

  test.each([...climbs, ...inside])('T53 %s leads to no other file', async (target) => {
    for (const method of ['GET', 'HEAD']) {
      const { status, body } = await ask(target, method);
      expect(body).not.toContain(secret);
      // Without a dot it is a page of the application, which says that there is nothing.
      expect([404, 400, ...(body === page || method === 'HEAD' ? [200] : [])]).toContain(status);
    }
  });

  test('T53 what is no file of the application is not found, by HEAD as by GET', async () => {
    for (const target of inside.filter((path) => path.startsWith('/assets/'))) {
      expect(await ask(target)).toMatchObject({ status: 404 });
      expect(await ask(target, 'HEAD')).toMatchObject({ status: 404 });
    }
  });
});
