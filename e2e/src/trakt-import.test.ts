import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ApiClient } from './api-client.js';
import { kinora } from './kinora-command.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const password = 'velvet otter lantern 42';
/** 30,000 lines: films watched several times, and series. */
const pages = 120;
const perPage = 250;
/** The server is killed while it waits for this one. */
const killedAt = 61;
/** What the whole process may ever have held while it read them, bytes. The engine is another process. */
const mostMemory = 600e6;

let dataDir: string;
let server: KinoraProcess;
let trakt: Server;
/** Pages of the history that were asked for, in this order. */
let asked: number[];
/** This page is never answered; 0 holds none. */
let held: number;

beforeEach(async () => {
  dataDir = await newDataDir();
  asked = [];
  held = 0;
  trakt = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://trakt.test');
    const page = Number(url.searchParams.get('page') ?? 1);
    if (url.pathname === '/sync/history') {
      asked.push(page);
      if (page === held) return;
    }
    const headers = {
      'content-type': 'application/json',
      'x-pagination-page-count': String(url.pathname === '/sync/history' ? pages : 1),
      'x-pagination-item-count': String(url.pathname === '/sync/history' ? pages * perPage : 0),
    };
    response.writeHead(200, headers).end(JSON.stringify(answerTo(url.pathname, page)));
  });
  trakt.listen(0, '127.0.0.1');
  await once(trakt, 'listening');
});
afterEach(async () => {
  await server.kill();
  trakt.closeAllConnections();
  trakt.close();
  await removeDataDir(dataDir);
});

it('F15 kill -9 in the middle of an import of 30,000 lines from Trakt: it goes on with the next page, and nothing is there twice', async () => {
  const { port } = trakt.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}`;
  const environment = {
    ...{ TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'silent' },
    ...{ TRAKT_API_URL: address, TRAKT_AUTH_URL: address },
    ...{ TRAKT_CLIENT_ID: 'import-test-client', TRAKT_CLIENT_SECRET: 'import-test-secret' },
  };
  await kinora(['user', 'add', 'ada', '--role', 'admin', '--data-dir', dataDir], {}, password);
  held = killedAt;
  server = await KinoraProcess.start(environment, dataDir);
  const ada = await ApiClient.signIn(server, 'ada', password);
  expect((await ada.post('/api/trakt/device', {})).status).toBe(200);
  expect((await ada.post('/api/trakt/device/token', {})).body).toEqual({ state: 'linked' });
  while (!asked.includes(held)) await delay(20);
  await server.kill();
  expect(asked).toEqual(pagesFrom(1).slice(0, killedAt));

  held = 0;
  asked = [];
  server = await KinoraProcess.start(environment, dataDir);
  const again = ada.at(server);
  expect((await again.post('/api/trakt/sync', {})).status).toBe(202);
  const isRead = async () => {
    const { status, body } = await again.get('/api/trakt');
    return status === 200 && (body as { syncedAt: string | null }).syncedAt !== null;
  };
  while (!(await isRead())) await delay(1_000);
  expect(asked).toEqual(pagesFrom(killedAt));
  expect((await again.get('/api/trakt')).body).toMatchObject({
    progress: { phase: 'done', items: pages * perPage, received: pages * perPage },
  });
  const { body } = await again.get('/api/history?pageSize=1');
  expect(body).toMatchObject({ total: pages * perPage });
  const peak = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))?.[1];
  expect(Number(peak) * 1024).toBeLessThan(mostMemory);
}, 600_000);

function pagesFrom(first: number): number[] {
  return Array.from({ length: pages - first + 1 }, (_, at) => first + at);
}

function answerTo(path: string, page: number): unknown {
  switch (path) {
    case '/oauth/device/code':
      return {
        ...{ device_code: 'import-test-code', user_code: 'ABCD1234', interval: 1, expires_in: 600 },
        verification_url: 'https://trakt.tv/activate',
      };
    case '/oauth/device/token':
      return {
        ...{ access_token: 'import-test-access', refresh_token: 'import-test-refresh' },
        ...{ expires_in: 604_800, created_at: Math.floor(Date.now() / 1000) },
      };
    case '/users/me':
      return { username: 'fixture-user' };
    case '/sync/last_activities':
      return { movies: { watched_at: '2026-01-01T00:00:00.000Z' }, episodes: {} };
    case '/sync/history':
      return Array.from({ length: perPage }, (_, at) => lineOf((page - 1) * perPage + at));
    default:
      return [];
  }
}

/** A line of the history as Trakt sends it, the latest first: of three two are episodes of long series. */
function lineOf(number: number): object {
  const watchedAt = new Date(Date.UTC(2026, 0, 1) - number * 3_600_000).toISOString();
  const line = { id: 10_900_000_000 - number, watched_at: watchedAt, action: 'watch' };
  if (number % 3 === 0) {
    const film = (number / 3) % 2_000;
    const ids = {
      trakt: film + 1,
      slug: `film-${film}`,
      imdb: `tt${8_000_000 + film}`,
      tmdb: 900_000 + film,
    };
    return { ...line, type: 'movie', movie: { title: `Film ${film}`, year: 1927, ids } };
  }
  const show = number % 100;
  const place = Math.floor(number / 100);
  const ids = { trakt: 500_000 + show, slug: `series-${show}`, tvdb: null, imdb: null, tmdb: 700_000 + show };
  const season = 1 + Math.floor(place / 20);
  const title = {
    title: `Part ${place}`,
    ids: { trakt: 9_000_000 + number, tvdb: null, imdb: null, tmdb: null },
  };
  const episode = { season, number: 1 + (place % 20), ...title };
  return { ...line, type: 'episode', episode, show: { title: `Series ${show}`, year: 2019, ids } };
}
