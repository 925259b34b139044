import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newDataDir, removeDataDir } from './kinora-process.js';
import { TerminalSession } from './terminal.js';

jest.setTimeout(120_000);

const goodToken = 'the-token-that-is-right';
const torznabKey = 'the-key-of-torznab';
const traktId = 'the-client-of-trakt';
const traktSecret = 'the-secret-of-trakt';
const device = {
  device_code: 'nobody-types-this-in',
  user_code: 'ABCD1234',
  verification_url: 'https://trakt.example/activate',
  expires_in: 600,
  interval: 5,
};
const images = { base_url: 'http://i.example/', secure_base_url: 'https://i.example/', poster_sizes: [] };
let dataDir: string;
let file: string;
let providers: Server;
let base: string;
let terminal: TerminalSession | undefined;

beforeEach(async () => {
  dataDir = await newDataDir();
  file = path.join(dataDir, 'kinora.json');
  // Stands in for TMDB, NordVPN, Trakt, a Torznab server and a YTS-compatible API.
  providers = createServer((request, response) => {
    const isGood = request.headers.authorization === `Bearer ${goodToken}`;
    if (request.url?.startsWith('/v1/')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"protected":false}');
      return;
    }
    const url = new URL(request.url ?? '/', 'http://providers.test');
    if (url.pathname.startsWith('/torznab')) {
      const isCaps = url.searchParams.get('t') === 'caps';
      const refusal = '<error code="100" description="Incorrect user credentials"/>';
      const feed = '<rss version="2.0"><channel><title>none</title></channel></rss>';
      const caps = '<caps><searching><search available="yes" supportedParams="q"/></searching></caps>';
      const isKnown = url.searchParams.get('apikey') === torznabKey;
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(isCaps ? caps : isKnown ? feed : refusal);
      return;
    }
    if (url.pathname.startsWith('/oauth/')) {
      const isCode = url.pathname.endsWith('/code');
      response.writeHead(isCode ? 200 : 400, { 'content-type': 'application/json' });
      response.end(isCode ? JSON.stringify(device) : '');
      return;
    }
    if (url.pathname.startsWith('/movies/')) {
      const isKnown = request.headers['trakt-api-key'] === traktId;
      response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' }).end('[]');
      return;
    }
    const isTmdb = request.url?.startsWith('/3/') ?? false;
    response.writeHead(isTmdb && !isGood ? 401 : 200, { 'content-type': 'application/json' });
    const list = { status: 'ok', status_message: '', data: { movie_count: 0, limit: 20, page_number: 1 } };
    response.end(JSON.stringify(isTmdb ? { images, change_keys: [] } : list));
  }).listen(0, '127.0.0.1');
  await once(providers, 'listening');
  const address = providers.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterEach(async () => {
  await terminal?.close();
  providers.close();
  await removeDataDir(dataDir);
});

const stored = async (): Promise<unknown> => JSON.parse(await readFile(file, 'utf8')) as unknown;
/** The question is the last thing on the screen, but for the help below a hidden answer. */
const asks = (title: string) => new RegExp(`\\? ${title}, now [^\\n]*:\\s*(ctrl\\+t.*\\s*)?$`);
/** Leaves questions as they are until this one is asked; there may be more of them in later versions. */
async function skipTo(session: TerminalSession, title: string): Promise<void> {
  for (;;) {
    const screen = await session.see(asks('[^\\n]+'));
    if (asks(title).test(screen)) return;
    const place = placeOn(screen);
    await session.answer('');
    await session.until((now) => placeOn(now) !== place);
  }
}

/** `(3 of 5)` of the question asked last. */
const placeOn = (screen: string) => [...screen.matchAll(/\((\d+) of \d+\)/g)].at(-1)?.[1];
// Quiet: no packet leaves the machine.
const quiet = { TORRENT_DHT: 'off', TORRENT_TRACKERS: 'http://127.0.0.1:9/announce', LOG_LEVEL: 'silent' };

describe('kinora setup, in a real terminal', () => {
  const open = async (): Promise<TerminalSession> => {
    terminal = await TerminalSession.open(['setup', '--data-dir', dataDir], {
      TMDB_API_URL: base,
      NORDVPN_API_URL: base,
      TRAKT_API_URL: base,
      TRAKT_AUTH_URL: base,
    });
    return terminal;
  };

  it('tries each answer before it keeps it, hides secrets, goes back, and writes once at the end', async () => {
    const session = await open();
    await session.see(asks('TMDB token'));
    await session.answer('a-token-that-is-wrong');
    await session.see(/Not kept: TMDB refuses/);
    await session.answer('no!');
    await session.see('That cannot be');
    await session.answer(goodToken);
    await session.see('answers and takes the token');
    await session.see(asks('YTS-compatible API'));
    await session.answer('<');
    await session.see(/TMDB token, now set:/);
    await session.answer('');
    await session.see(/Enter keeps/);
    await session.answer('http://127.0.0.1:9/api');
    await session.see('Not kept: YTS cannot be reached');
    await session.answer(`${base}/api/v2`);
    await session.see(/Good: http/);
    await session.see(asks('Torznab endpoints'));
    await session.answer(`${base}/torznab/api?apikey=another-key`);
    await session.see('Not kept: Torznab refuses our request');
    await session.answer(`${base}/torznab/api?apikey=${torznabKey}`);
    await session.see('Answers, and searches by text');
    await session.see(asks('VPN'));
    await session.answer('sometimes');
    await session.see('That cannot be: allowed is off, warn, require');
    // There is none here, and it may come up later.
    await session.answer('require');
    await session.see(/Not kept: [^?]*paused\.\s+The same answer once more/);
    await session.answer('require');
    await session.see(/Kept anyway: [^?]*paused/);
    await session.see(asks('Trakt client id'));
    await session.answer('another-client');
    await session.see('Not kept: Trakt refuses this client id');
    await session.answer(traktId);
    await session.see('takes the client id; off until');
    await session.see(asks('Trakt client secret'));
    await session.answer(traktSecret);
    await session.see('answers and takes the client id and secret');
    await session.see(asks('Database'));
    await session.answer('mysql://127.0.0.1/kinora');
    await session.see('allowed is an address such as postgres:');
    await session.answer('postgres://ada:a-secret-of-postgres@127.0.0.1:9/kinora');
    await session.see(/Not kept: The database PostgreSQL 127\.0\.0\.1:9\/kinora cannot be used/);
    await session.answer('');
    await session.see(asks('Redis or Valkey'));
    await session.answer('redis://:a-secret-of-redis@127.0.0.1:9');
    await session.see('Not kept: 127.0.0.1:9 does not answer');
    await skipTo(session, 'Port');
    expect(await readdir(dataDir)).toEqual([]);
    await session.answer(new URL(base).port);
    await session.see('another program has it');
    await session.answer('0');
    const screen = await session.see('ended with 0');
    expect(await stored()).toEqual({
      TMDB_API_TOKEN: goodToken,
      YTS_API_URL: `${base}/api/v2`,
      TORZNAB_URLS: `${base}/torznab/api?apikey=${torznabKey}`,
      VPN_POLICY: 'require',
      TRAKT_CLIENT_ID: traktId,
      TRAKT_CLIENT_SECRET: traktSecret,
      PORT: '0',
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const secrets = [
      goodToken,
      'a-token-that-is-wrong',
      'a-secret-of-redis',
      'a-secret-of-postgres',
      torznabKey,
      traktSecret,
    ];
    for (const secret of [...secrets, 'another-key']) expect(screen).not.toContain(secret);
  });

  it('keeps what is there and not asked about, keeps on Enter, and removes on -', async () => {
    const before = { TMDB_API_TOKEN: goodToken, PORT: 4242, TORRENT_DHT: false };
    await writeFile(file, JSON.stringify(before), { mode: 0o600 });
    const session = await open();
    await session.see(/TMDB token, now set:/);
    await session.answer('');
    await session.see(/API, now none:/);
    await skipTo(session, 'Port');
    await session.see(/Port, now 4242:/);
    await session.answer('-');
    await session.see('ended with 0');
    expect(await stored()).toEqual({ TMDB_API_TOKEN: goodToken, TORRENT_DHT: false });
  });

  it('leaves everything as it is on Ctrl-C', async () => {
    const session = await open();
    await session.see(asks('TMDB token'));
    await session.answer(goodToken);
    await session.see(asks('YTS-compatible API'));
    await session.press('C-c');
    await session.see('Left. Nothing was changed.');
    await session.see('ended with 1');
    expect(await readdir(dataDir)).toEqual([]);
  });
});

describe('kinora start, in a real terminal', () => {
  it('offers the set-up when nothing is there yet', async () => {
    terminal = await TerminalSession.open(['start'], { DATA_DIR: dataDir });
    await terminal.see('Answer a few questions first?');
    await terminal.answer('');
    await terminal.see(asks('TMDB token'));
    await terminal.press('C-c');
    await terminal.see('ended with 1');
  });

  it('does not ask again once something is set', async () => {
    terminal = await TerminalSession.open(['start'], {
      ...quiet,
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: '0',
    });
    const screen = await terminal.see('Kinora is ready');
    expect(screen).not.toContain('questions');
    await terminal.press('C-c');
    await terminal.see('ended with 0');
  });
});
