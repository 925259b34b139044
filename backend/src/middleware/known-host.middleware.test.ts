import { expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { AppError } from '../errors/app-error.js';
import type { AppEnv } from './app-env.js';
import { knownHost } from './known-host.middleware.js';

const app = new Hono<AppEnv>();
app.use(knownHost({ publicUrl: 'https://films.example:8443', allowedHosts: ['NAS.fritz.box'] }));
app.onError((error, context) => context.text(error instanceof AppError ? error.code : 'unexpected'));
app.get('*', (context) => context.text('in'));

const ask = async (host: string, url = `http://${host}/`) =>
  (await app.request(URL.canParse(url) ? url : 'http://localhost/', { headers: { Host: host } })).text();

test.each([
  'localhost',
  'localhost:8787',
  '127.0.0.1:8787',
  '192.168.1.5',
  '[::1]:8787',
  '[fe80::1]',
  'tv',
  'kinora:8787',
  'nas.local',
  'NAS.Fritz.box:8787',
  'films.example',
  'films.example:443',
])('T52 %s is this server', async (host) => expect(await ask(host)).toBe('in'));

test.each([
  'evil.test',
  'evil.test:8787',
  '127.0.0.1.evil',
  'localhost.evil.test',
  'films.example.evil.test',
  'evilfilms.example',
  'sub.films.example',
  'local.',
  'x.local.evil',
  'a b',
])('T52 %s is another', async (host) => expect(await ask(host, 'http://localhost/')).toBe('misdirected'));

test('T52 neither the Host field nor an absolute address may differ', async () => {
  expect(await ask('localhost', 'http://evil.test/')).toBe('misdirected');
  expect(await ask('evil.test', 'http://localhost/')).toBe('misdirected');
});
