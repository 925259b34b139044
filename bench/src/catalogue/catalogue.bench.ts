// What a page of the catalogue costs the built server in a library of 100,000 titles (10,000 series with their episodes)
// against one of 100; how long it takes to start, what it holds in memory, how large the file is. Both servers run at once
// and are asked in turns, so that whatever else the machine does meets both. CATALOGUE_TITLES, CATALOGUE_REQUESTS (per page),
// CATALOGUE_TRIES, CATALOGUE_READERS.
import { readFile, stat } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, textAt } from '../../../e2e/src/api-client.js';
import { KinoraProcess, newDataDir, removeDataDir } from '../../../e2e/src/kinora-process.js';
import { fillLibrary, type Library, mixed, word } from './library.js';

const sizes = [100, Number(process.env['CATALOGUE_TITLES'] ?? 100_000)];
const requests = Number(process.env['CATALOGUE_REQUESTS'] ?? 300);
const warmUp = 20;
/** Each request is made so often, and the best counts: what it costs by itself, without what the machine did meanwhile. */
const tries = Number(process.env['CATALOGUE_TRIES'] ?? 3);
const account = { ADMIN_USERNAME: 'bench', ADMIN_PASSWORD: 'bench bench bench' };
const environment = {
  ...account,
  ...{ LOG_LEVEL: 'error', ARCHIVE_API_URL: 'off', TORRENT_DHT: 'off', TRUSTED_PROXIES: '127.0.0.1' },
};
/** Nobody may ask as often as a bench does: it is several people. */
const readers = Number(process.env['CATALOGUE_READERS'] ?? 30);
const sorts = ['popularity', 'rating', 'newest', 'title'];
const genres = ['action', 'comedy', 'drama', 'horror', 'western', 'animation', 'war', 'music'];

const pick = <T>(from: readonly T[], n: number): T => {
  const found = from[n % from.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** What is asked for, by the number of the request. */
const pages: Record<string, (library: Library, n: number) => string> = {
  home: () => '/api/home',
  'search, a word': (_, n) => `/api/search?q=${word(mixed(n))}`,
  'search, as typed': (_, n) => `/api/search?q=${word(mixed(n)).slice(0, 1 + (n % 5))}`,
  'search, mistyped': (_, n) => `/api/search?q=${word(mixed(n)).slice(0, 3)}xzk`,
  'a film': ({ movieIds }, n) => `/api/movies/${pick(movieIds, n * 37)}`,
  'a series': ({ showIds }, n) => `/api/shows/${pick(showIds, n * 37)}`,
  'a season': ({ showIds }, n) => `/api/shows/${pick(showIds, n * 37)}/seasons/1`,
  'a person': ({ personIds }, n) => `/api/people/${pick(personIds, n * 37)}`,
  'a list': ({ listId }, n) => `/api/lists/${listId}?page=${1 + (n % 3)}`,
  'discover, in any order': (_, n) => `/api/discover?sort=${pick(sorts, n)}&page=${1 + (n % 7)}`,
  'discover, a genre in any order': (_, n) =>
    `/api/discover?genre=${pick(genres, n >> 2)}&sort=${pick(sorts, n)}&page=${1 + (n % 5)}`,
  'discover, some years': (_, n) =>
    `/api/discover?yearFrom=${1920 + (n % 90)}&yearTo=${1922 + (n % 90)}&sort=${pick(sorts, n)}`,
  'discover, many filters': (_, n) =>
    `/api/discover?genre=${pick(genres, n)}&language=${pick(['fr', 'is', 'en'], n)}&rating=${n % 9}&yearFrom=${1930 + (n % 50)}&sort=${pick(sorts, n >> 1)}`,
};

interface Running {
  size: number;
  kinora: KinoraProcess;
  library: Library;
  tokens: string[];
  agent: Agent;
}

console.log(`load ${loadavg()[0]?.toFixed(1) ?? ''} at the start`);
const running: Running[] = [];
try {
  for (const size of sizes) running.push(await prepare(size));
  const [few, many] = running;
  if (!few || !many) throw new Error('there are two libraries');
  for (const [name, address] of Object.entries(pages)) await compare(name, address, few, many);
  await chooseEveryRow(running);
  await compare('home, every row there is', () => '/api/home', few, many);
  for (const { size, kinora } of running) {
    console.log(
      `${size} titles: ${(await residentMegabytes(kinora.pid)).toFixed(0)} MB resident after all this`,
    );
  }
} finally {
  for (const { kinora, agent } of running) {
    agent.destroy();
    await kinora.stop();
    await removeDataDir(kinora.dataDir);
  }
}
console.log(`load ${loadavg()[0]?.toFixed(1) ?? ''} at the end`);

async function prepare(size: number): Promise<Running> {
  const dataDir = await newDataDir();
  // The first start makes the database and the account.
  await (await KinoraProcess.start(environment, dataDir)).stop();
  const file = path.join(dataDir, 'kinora.sqlite');
  const began = performance.now();
  const library = await fillLibrary(file, size);
  const filled = (performance.now() - began) / 1_000;
  const starts: number[] = [];
  for (let repeat = 0; repeat < 3; repeat += 1) {
    const startedAt = performance.now();
    const kinora = await KinoraProcess.start(environment, dataDir);
    starts.push(performance.now() - startedAt);
    await kinora.stop();
  }
  const kinora = await KinoraProcess.start(environment, dataDir);
  console.log(
    `${size} titles: stored in ${filled.toFixed(0)} s, file ${((await stat(file)).size / 2 ** 20).toFixed(0)} MiB, ready after ${Math.min(...starts).toFixed(0)} ms (best of 3), ${(await residentMegabytes(kinora.pid)).toFixed(0)} MB resident`,
  );
  const admin = await ApiClient.signIn(kinora, account.ADMIN_USERNAME, account.ADMIN_PASSWORD);
  const tokens: string[] = [];
  for (let reader = 0; reader < readers; reader += 1) {
    const who = { username: `reader${reader}`, password: 'bench bench bench' };
    await admin.post('/api/users', { ...who, role: 'user' });
    const answer = await fetch(`${kinora.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `198.51.100.${reader}` },
      body: JSON.stringify(who),
    });
    tokens.push(textAt(await answer.json(), 'accessToken'));
  }
  return { size, kinora, library, tokens, agent: new Agent({ keepAlive: true, maxSockets: 1 }) };
}

async function compare(
  name: string,
  address: (library: Library, n: number) => string,
  few: Running,
  many: Running,
): Promise<void> {
  const times = new Map<Running, number[]>([
    [few, []],
    [many, []],
  ]);
  for (let n = 0; n < warmUp + requests; n += 1) {
    for (const [server, taken] of times) {
      const path = address(server.library, n);
      let best = Number.POSITIVE_INFINITY;
      for (let again = 0; again < tries; again += 1) best = Math.min(best, await ask(server, path, n));
      if (n >= warmUp) taken.push(best);
    }
  }
  const [a, b] = [shares(times.get(few) ?? []), shares(times.get(many) ?? [])];
  const show = ({ p50, p99 }: { p50: number; p99: number }) => `${p50.toFixed(2)} / ${p99.toFixed(2)}`;
  console.log(
    `${name.padEnd(32)} ms p50 / p99: ${show(a)} at ${few.size}, ${show(b)} at ${many.size}; ratio ${(b.p50 / a.p50).toFixed(2)} / ${(b.p99 / a.p99).toFixed(2)}`,
  );
}

/** Milliseconds of one answer. Who has asked for too much waits, and asks again. */
async function ask(server: Running, address: string, n: number): Promise<number> {
  for (;;) {
    const { status, ms, retryAfter } = await askOnce(server, address, n);
    if (status === 200) return ms;
    if (status !== 429) throw new Error(`${address} answered ${status}`);
    await delay(retryAfter * 1_000);
  }
}

function askOnce(
  { kinora, tokens, agent }: Running,
  address: string,
  n: number,
): Promise<{ status: number; ms: number; retryAfter: number }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const headers = {
      authorization: `Bearer ${pick(tokens, n)}`,
      'x-forwarded-for': `198.51.100.${n % tokens.length}`,
    };
    get(kinora.url + address, { agent, headers }, (response) => {
      response.on('data', () => undefined);
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: told } = response;
        resolve({ status, ms: performance.now() - began, retryAfter: Number(told['retry-after'] ?? 1) });
      });
    }).on('error', reject);
  });
}

async function chooseEveryRow(servers: readonly Running[]): Promise<void> {
  for (const { kinora, tokens } of servers) {
    for (const [at, token] of tokens.entries()) {
      const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': `198.51.100.${at}` };
      const answer = await fetch(`${kinora.url}/api/home/rows`, { headers });
      const { rows } = (await answer.json()) as { rows: { id: string }[] };
      const body = JSON.stringify({ rows: rows.map(({ id }) => ({ id, shown: true })) });
      const options = { method: 'PUT', headers: { ...headers, 'Content-Type': 'application/json' }, body };
      const { status } = await fetch(`${kinora.url}/api/home/rows`, options);
      if (status !== 200) throw new Error(`rows were answered with ${status}`);
    }
  }
}

function shares(values: readonly number[]): { p50: number; p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}
