// What each route costs the built server in processor time, in the demo world with a library of ROUTES_TITLES (3,000) titles:
// milliseconds of all threads of the server's process per request, from /proc/<pid>/task/*/schedstat (Linux only), so that
// other programs on the machine hardly matter. The torrent engine's process is not counted. ROUTES_REQUESTS (200) of each
// route, one after another, after ROUTES_WARM_UP (30); ROUTES_ONLY: only routes that contain this. ROUTES_OUT: a file to
// write the results to; ROUTES_BEFORE: such a file, to compare with.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_CACHE, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { accessRules } from '../../../backend/dist/routes/access-rules.js';
import { textAt } from '../../../e2e/src/api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from '../../../e2e/src/kinora-process.js';
import { fillLibrary, type Library, mixed, word } from '../catalogue/library.js';

const titles = Number(process.env['ROUTES_TITLES'] ?? 3_000);
const requests = Number(process.env['ROUTES_REQUESTS'] ?? 200);
const warmUp = Number(process.env['ROUTES_WARM_UP'] ?? 30);
const only = process.env['ROUTES_ONLY'] ?? '';
const account = { ADMIN_USERNAME: 'bench', ADMIN_PASSWORD: 'bench bench bench' };
/** One reader would run into the rate limits. All are administrators, so that each may call every route. */
const readers = 30;
/** Films that each reader has begun, and as many finished ones. */
const watchedEach = 12;

interface Asked {
  path: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Without a sign-in. */
  stranger?: true;
  /** Number of the reader who asks; each in turn if left out. */
  as?: number;
}

interface World {
  library: Library;
  /** Of a film whose page the provider describes. */
  described: string;
  poster: string;
  playId: string;
  streamPath: string;
  asset: string;
  tag: string;
}

const pick = <T>(from: readonly T[], n: number): T => {
  const found = from[n % from.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** What is asked, by the number of the request. Every GET of the access rules is here, or in `unmeasured`. */
const routes: Readonly<Record<string, (world: World, n: number) => Asked>> = {
  // First, because a play that nobody asks about ends after ninety seconds.
  'GET /api/playback/:id': ({ playId }) => ({ path: `/api/playback/${playId}`, as: 0 }),
  'GET /api/stream/:grant': ({ streamPath }) => ({
    path: streamPath,
    stranger: true,
    headers: { range: 'bytes=0-65535' },
  }),
  'GET /health': () => ({ path: '/health', stranger: true }),
  'GET /ready': () => ({ path: '/ready', stranger: true }),
  'GET /metrics': () => ({ path: '/metrics' }),
  'GET / (web application)': () => ({ path: '/', stranger: true }),
  'GET /assets/*': ({ asset }) => ({ path: asset, stranger: true, headers: { 'accept-encoding': 'br' } }),
  'GET /favicon.svg': () => ({ path: '/favicon.svg', stranger: true }),
  'GET /api/setup': () => ({ path: '/api/setup', stranger: true }),
  'GET /api/openapi.json': () => ({ path: '/api/openapi.json', stranger: true }),
  'GET /api/openapi.json (compressed)': () => ({
    path: '/api/openapi.json',
    stranger: true,
    headers: { 'accept-encoding': 'gzip, br' },
  }),
  'GET /api/docs': () => ({ path: '/api/docs', stranger: true }),
  'GET /api/docs/page.js': () => ({ path: '/api/docs/page.js', stranger: true }),
  'GET /api/docs/assets/:file': () => ({ path: '/api/docs/assets/swagger-ui-bundle.js', stranger: true }),
  'GET /api/images/:provider/:size/:file': ({ poster }) => ({ path: poster, stranger: true }),
  'GET /api/home (stranger: 401)': () => ({ path: '/api/home', stranger: true }),
  'GET /api/home (forged token: 401)': () => ({
    path: '/api/home',
    stranger: true,
    headers: { authorization: `Bearer ${'eyJhbGciOiJIUzI1NiJ9.'.repeat(3)}` },
  }),
  'GET /api/nothing (404)': () => ({ path: '/api/nothing', stranger: true }),
  'GET /api/stream/:grant (forged: 403)': () => ({ path: `/api/stream/${'a.'.repeat(40)}`, stranger: true }),
  'GET /api/auth/sessions': () => ({ path: '/api/auth/sessions' }),
  'GET /api/me': () => ({ path: '/api/me' }),
  'GET /api/users': () => ({ path: '/api/users' }),
  'GET /api/admin/audit': () => ({ path: '/api/admin/audit' }),
  'GET /api/admin/audit/export': () => ({ path: '/api/admin/audit/export' }),
  'GET /api/admin/audit/verify': () => ({ path: '/api/admin/audit/verify' }),
  'GET /api/home': () => ({ path: '/api/home' }),
  'GET /api/home (304)': ({ tag }) => ({ path: '/api/home', headers: { 'if-none-match': tag } }),
  'GET /api/home/rows': () => ({ path: '/api/home/rows' }),
  'GET /api/discover': (_, n) => ({ path: `/api/discover?page=${1 + (n % 7)}` }),
  'GET /api/genres': () => ({ path: '/api/genres' }),
  'GET /api/search': (_, n) => ({ path: `/api/search?q=${word(mixed(n))}` }),
  'GET /api/movies/:id': ({ library }, n) => ({ path: `/api/movies/${pick(library.movieIds, n % 30)}` }),
  'GET /api/movies/:id (described)': ({ described }) => ({ path: `/api/movies/${described}` }),
  'GET /api/movies/:id/similar': ({ described }) => ({ path: `/api/movies/${described}/similar` }),
  'GET /api/movies/:id/sources': ({ described }) => ({ path: `/api/movies/${described}/sources` }),
  'GET /api/shows/:id': ({ library }, n) => ({ path: `/api/shows/${pick(library.showIds, n % 30)}` }),
  'GET /api/shows/:id/similar': ({ library }, n) => ({
    path: `/api/shows/${pick(library.showIds, n % 30)}/similar`,
  }),
  'GET /api/shows/:id/seasons/:season': ({ library }, n) => ({
    path: `/api/shows/${pick(library.showIds, n % 30)}/seasons/1`,
  }),
  'GET /api/people/:id': ({ library }, n) => ({ path: `/api/people/${pick(library.personIds, n % 30)}` }),
  'GET /api/lists': () => ({ path: '/api/lists' }),
  'GET /api/lists/:id': ({ library }) => ({ path: `/api/lists/${library.listId}` }),
  'GET /api/admin/indexers': () => ({ path: '/api/admin/indexers' }),
  'GET /api/admin/storage': () => ({ path: '/api/admin/storage' }),
  'GET /api/admin/overview': () => ({ path: '/api/admin/overview' }),
  'GET /api/admin/jobs': () => ({ path: '/api/admin/jobs' }),
  'GET /api/admin/jobs/:name/runs': () => ({ path: '/api/admin/jobs/catalogue-upkeep/runs' }),
  'GET /api/admin/settings': () => ({ path: '/api/admin/settings' }),
  'GET /api/admin/settings/revisions': () => ({ path: '/api/admin/settings/revisions' }),
  'GET /api/progress/:mediaId': ({ library }, n) => ({ path: `/api/progress/${pick(library.movieIds, n)}` }),
  'GET /api/continue-watching': () => ({ path: '/api/continue-watching' }),
  'GET /api/history': () => ({ path: '/api/history' }),
  'GET /api/vpn': () => ({ path: '/api/vpn' }),
  'GET /api/trakt': () => ({ path: '/api/trakt' }),
  'PATCH /api/me': () => ({ path: '/api/me', method: 'PATCH', body: {} }),
  'PUT /api/progress/:mediaId': ({ library }, n) => ({
    path: `/api/progress/${pick(library.movieIds, n)}`,
    method: 'PUT',
    body: { positionSeconds: 70 + (n % 100), durationSeconds: 600 },
  }),
  'PUT /api/ratings/:mediaId': ({ library }, n) => ({
    path: `/api/ratings/${pick(library.movieIds, n)}`,
    method: 'PUT',
    body: { rating: 1 + (n % 10) },
  }),
  'DELETE /api/playback/intent': () => ({ path: '/api/playback/intent', method: 'DELETE' }),
};

/** GET routes that are not asked one by one, and why. */
const unmeasured: Readonly<Record<string, string>> = {
  'GET /api/events': 'stays open',
  'GET /api/movies/:id/sources/stream': 'stays open until the indexers have answered',
  'GET /api/shows/:id/seasons/:season/episodes/:episode/sources': 'as /api/movies/:id/sources',
};

const known = new Set([...Object.keys(routes), ...Object.keys(unmeasured)]);
const forgotten = accessRules
  .filter(({ method }) => method === 'GET')
  .map(({ path: pattern }) => `GET ${pattern}`)
  .filter((route) => !known.has(route));
if (forgotten.length > 0)
  console.log(`not measured, because this bench does not know them: ${forgotten.join(', ')}`);

interface Result {
  cpuMs: number;
  bytes: number;
  status: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const demo = await startDemoWorld({ cacheDir: DEMO_CACHE });
const dataDir = await newDataDir();
try {
  await measureAll(demo);
} finally {
  agent.destroy();
  await demo.stop();
  await removeDataDir(dataDir);
}

async function measureAll(around: DemoWorld): Promise<void> {
  const environment = { ...around.environment, ...account, LOG_LEVEL: 'info', TRUSTED_PROXIES: '127.0.0.1' };
  // The first start makes the database and the account.
  await (await KinoraProcess.start(environment, dataDir)).stop();
  const library = await fillLibrary(path.join(dataDir, 'kinora.sqlite'), titles);
  const kinora = await KinoraProcess.start(environment, dataDir);
  try {
    const { tokens, world } = await prepare(kinora, library, around);
    const idle = await idleShare(kinora.pid);
    console.log(`${titles} titles; the server uses ${(idle * 100).toFixed(2)} % of a processor when idle`);
    const results: Record<string, Result> = {};
    for (const [name, asked] of Object.entries(routes)) {
      if (!name.includes(only)) continue;
      results[name] = await measure(kinora, tokens, (n) => asked(world, n), idle);
    }
    report(results);
  } finally {
    await kinora.stop();
  }
}

function report(results: Readonly<Record<string, Result>>): void {
  const { ROUTES_BEFORE: before, ROUTES_OUT: out } = process.env;
  const earlier = before === undefined ? {} : (JSON.parse(readFileSync(before, 'utf8')) as typeof results);
  const sorted = Object.entries(results).sort(([, a], [, b]) => b.cpuMs - a.cpuMs);
  console.log('| route | status | bytes | before, ms | ms of processor |\n| --- | --- | --- | --- | --- |');
  for (const [name, { cpuMs, bytes, status }] of sorted) {
    const then = earlier[name]?.cpuMs.toFixed(2) ?? '';
    console.log(`| ${name} | ${status} | ${bytes} | ${then} | ${cpuMs.toFixed(2)} |`);
  }
  if (out !== undefined) writeFileSync(out, JSON.stringify(results));
}

async function measure(
  kinora: KinoraProcess,
  tokens: readonly string[],
  asked: (n: number) => Asked,
  idle: number,
): Promise<Result> {
  let last = { status: 0, bytes: 0 };
  for (let n = 0; n < warmUp; n += 1) last = await send(kinora, tokens, asked(n), n);
  const began = performance.now();
  const before = cpuMsOf(kinora.pid);
  let refused = 0;
  for (let n = 0; n < requests; n += 1) {
    last = await send(kinora, tokens, asked(warmUp + n), n);
    if (last.status === 429) refused += 1;
  }
  const used = cpuMsOf(kinora.pid) - before - idle * (performance.now() - began);
  if (refused > 0) console.log(`${refused} of ${requests} were refused by a rate limit: ${asked(0).path}`);
  return { cpuMs: used / requests, ...last };
}

/** A kept connection may be closed by the server at the moment that it is used again: then the request is sent once more. */
async function send(...given: Parameters<typeof sendOnce>): ReturnType<typeof sendOnce> {
  try {
    return await sendOnce(...given);
  } catch {
    return sendOnce(...given);
  }
}

function sendOnce(
  kinora: { url: string },
  tokens: readonly string[],
  { path: address, method = 'GET', body, headers = {}, stranger, as }: Asked,
  n: number,
): Promise<{ status: number; bytes: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const sent = httpRequest(
      kinora.url + address,
      {
        agent,
        method,
        headers: {
          ...(!stranger && { authorization: `Bearer ${pick(tokens, as ?? n)}` }),
          ...(text !== '' && { 'content-type': 'application/json', 'content-length': text.length }),
          'x-forwarded-for': `198.51.100.${n % readers}`,
          ...headers,
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const all = Buffer.concat(parts);
          const { statusCode: status = 0 } = response;
          resolve({ status, bytes: all.length, text: all.toString(), headers: response.headers });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Signs readers in, warms what is remembered between requests, and starts a play. */
async function prepare(kinora: KinoraProcess, library: Library, around: DemoWorld) {
  const json = async (tokens: readonly string[], asked: Asked, n = 0): Promise<unknown> => {
    const { status, text } = await send(kinora, tokens, asked, n);
    if (status >= 400) throw new Error(`${asked.path} answered ${status}: ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  };
  const signIn = async (username: string, password: string, n: number) => {
    const body = { username, password };
    const answer = await json([], { path: '/api/auth/login', method: 'POST', body, stranger: true }, n);
    return textAt(answer, 'accessToken');
  };
  const first = await signIn(account.ADMIN_USERNAME, account.ADMIN_PASSWORD, readers);
  const tokens: string[] = [];
  for (let reader = 0; reader < readers; reader += 1) {
    const who = { username: `reader${reader}`, password: 'bench bench bench' };
    await json([first], { path: '/api/users', method: 'POST', body: { ...who, role: 'admin' } });
    tokens.push(await signIn(who.username, who.password, reader));
  }
  for (let n = 0; n < readers; n += 1) {
    for (let at = 0; at < watchedEach; at += 1) {
      const mediaId = pick(library.movieIds, n * 7 + at);
      const body = { positionSeconds: 70, durationSeconds: 600 };
      await json(tokens, { path: `/api/progress/${mediaId}`, method: 'PUT', body }, n);
      const marked = { mediaId: pick(library.movieIds, n * 7 + at + 1_000), watched: true };
      await json(tokens, { path: '/api/history/marks', method: 'POST', body: marked }, n);
    }
    await json(tokens, { path: '/api/home' }, n);
  }
  const found = await json(tokens, { path: '/api/search?q=big%20buck%20bunny' });
  const described = textAt(found, 'items', 0, 'id');
  await json(tokens, { path: `/api/movies/${described}` });
  await json(tokens, { path: `/api/movies/${described}/sources` });
  const film = around.films[0];
  if (!film) throw new Error('the demo world has no film');
  const play = await json(tokens, { path: '/api/playback', method: 'POST', body: { magnet: film.magnet } });
  const streamPath = textAt(play, 'url');
  // Until it is on the disk.
  await send(kinora, tokens, { path: streamPath, stranger: true }, 0);
  const page = await send(kinora, tokens, { path: '/', stranger: true }, 0);
  const asset = /src="(\/assets\/[^"]+)"/.exec(page.text)?.[1];
  if (asset === undefined) throw new Error('the page has no script');
  const { headers } = await send(kinora, tokens, { path: '/api/home' }, 0);
  const world: World = {
    library,
    described,
    poster: textAt(found, 'items', 0, 'posterUrl'),
    playId: textAt(play, 'id'),
    streamPath,
    asset,
    tag: String(headers['etag']),
  };
  return { tokens, world };
}

/** Milliseconds of processor that all threads of a process have used, those that have ended left out. */
function cpuMsOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return nanoseconds / 1e6;
}

/** Milliseconds of processor in a millisecond without requests. */
async function idleShare(pid: number): Promise<number> {
  await delay(2_000);
  const [began, before] = [performance.now(), cpuMsOf(pid)];
  await delay(5_000);
  return (cpuMsOf(pid) - before) / (performance.now() - began);
}
