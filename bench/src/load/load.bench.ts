// How a server bears a crowd, in the demo world: `prewarm`, `seeks`, `slow-readers`, `api`; all four unless one is named.
// BENCH_REPEATS (5) sets how often `prewarm` is done.
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_CACHE, type DemoFilm, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import { ApiClient, textAt } from '../../../e2e/src/api-client.js';
import { KinoraProcess, removeDataDir } from '../../../e2e/src/kinora-process.js';
import { inWords, read, summarise } from '../measure.js';
import { holdingsOf } from '../streaming/process-tree.js';
import { readRange } from '../streaming/range-reader.js';
import { readSlowly } from './slow-reader.js';

interface Stage {
  world: DemoWorld;
  film: DemoFilm;
}

interface Running {
  kinora: KinoraProcess;
  api: ApiClient;
}

const account = { ADMIN_USERNAME: 'bench', ADMIN_PASSWORD: 'bench bench bench' };
const patienceMs = 30_000;
const measures: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  prewarm: measurePrewarm,
  seeks: measureSeeks,
  'slow-readers': measureSlowReaders,
  api: measureApi,
};

const wanted = process.argv[2];
const world = await startDemoWorld({ cacheDir: DEMO_CACHE });
try {
  const film = world.films.find(({ title }) => title === 'Big Buck Bunny') ?? world.films[0];
  if (!film) throw new Error('the demo world has no film');
  console.log(
    `film of ${(film.sizeBytes / 1e6).toFixed(1)} MB, load ${loadavg()[0]?.toFixed(1) ?? ''} at the start`,
  );
  for (const [name, measure] of Object.entries(measures)) {
    if (wanted === undefined || wanted === name) await measure({ world, film });
  }
  console.log(`load ${loadavg()[0]?.toFixed(1) ?? ''} at the end`);
} finally {
  await world.stop();
}

/** Play to first byte of a title, for a server that knows nothing and for one whose user has lingered on its page. */
async function measurePrewarm({ world: around }: Stage): Promise<void> {
  const times: Record<'cold' | 'warm', number[]> = { cold: [], warm: [] };
  for (let repeat = 0; repeat < Number(process.env['BENCH_REPEATS'] ?? 5); repeat += 1) {
    for (const kind of ['cold', 'warm'] as const) {
      await withServer(around, async ({ kinora, api }) => {
        const { body } = await api.get('/api/search?q=big%20buck');
        const mediaId = textAt(body, 'items', 0, 'id');
        if (kind === 'warm') {
          await api.post('/api/playback/intent', { mediaId });
          await delay(5_000);
        }
        const began = performance.now();
        const play = await api.post('/api/playback', { mediaId });
        const answered = performance.now() - began;
        const head = await read(kinora.url + textAt(play.body, 'url'), 'bytes=0-262143');
        times[kind].push(answered + head.firstByteMs);
      });
    }
  }
  console.log(
    `prewarm: play to first byte, ms: cold ${inWords(summarise(times.cold))}, 5 s on its page before ${inWords(summarise(times.warm))}`,
  );
}

/** 200 seeks, eight at a time, each dropped after its first bytes; then what the server still holds. Again twice: what the first leaves may be first use. */
async function measureSeeks({ world: around, film }: Stage): Promise<void> {
  await withServer(around, async (running) => {
    const url = await play(running, film);
    await readRange(url, { from: 0, bytes: 1e6, patienceMs });
    console.log(`seeks: memory MB / open handles: before ${held(holdingsOf(running.kinora.pid))}`);
    for (const storm of ['first', 'second', 'third']) {
      const times = await seekAll(url, film);
      const after = holdingsOf(running.kinora.pid);
      await delay(40_000);
      const later = holdingsOf(running.kinora.pid);
      console.log(
        `seeks, ${storm} storm: first byte of 200, ms ${inWords(summarise(times))}, p95 ${share(times, 0.95).toFixed(0)}; ` +
          `memory MB / open handles: at the end ${held(after)}, 40 s later ${held(later)}`,
      );
    }
  });
}

/** Milliseconds to the first byte of each seek. */
async function seekAll(url: string, film: DemoFilm): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const seekOn = async () => {
    for (let seek = next++; seek < 200; seek = next++) {
      const from = Math.floor(((seek * 0.618) % 1) * (film.sizeBytes - 65_536));
      times.push((await readRange(url, { from, bytes: 16_384, patienceMs })).firstByteMs);
    }
  };
  await Promise.all(Array.from({ length: 8 }, seekOn));
  return times;
}

/** 100 connections that take 64 KB/s each from all over the film, and one beside them that takes what it gets. */
async function measureSlowReaders({ world: around, film }: Stage): Promise<void> {
  await withServer(around, async (running) => {
    const url = await play(running, film);
    await readRange(url, { from: 0, bytes: 1e6, patienceMs });
    const before = holdingsOf(running.kinora.pid);
    const forMs = 15_000;
    const bytesPerSecond = 64_000;
    const reads = Array.from({ length: 100 }, (_, n) =>
      readSlowly(url, { from: Math.floor((film.sizeBytes * n) / 200), bytesPerSecond, forMs }),
    );
    await delay(forMs / 2);
    const during = holdingsOf(running.kinora.pid);
    const beside = await readRange(url, { from: Math.floor(film.sizeBytes / 3), bytes: 5e6, patienceMs });
    const got = (await Promise.all(reads)).map((bytes) => bytes / (bytesPerSecond * (forMs / 1000)));
    console.log(
      `slow-readers: of 64 KB/s for 15 s, the start counted, 100 had ${inWords(summarise(got), 2)}; memory MB / open handles: before ${held(before)}, ` +
        `during ${held(during)}; a quick reader beside them: first byte ${beside.firstByteMs.toFixed(0)} ms, ${beside.megabytesPerSecond.toFixed(0)} MB/s`,
    );
  });
}

/** 200 requests of the API one after the other, without and with 50 streams of 250 KB/s. */
async function measureApi({ world: around, film }: Stage): Promise<void> {
  await withServer(around, async (running) => {
    const url = await play(running, film);
    await readRange(url, { from: 0, bytes: 1e6, patienceMs });
    await askApi(running);
    const alone = await askApi(running);
    const reads = Array.from({ length: 50 }, (_, n) =>
      readSlowly(url, {
        from: Math.floor((film.sizeBytes * n) / 100),
        bytesPerSecond: 250_000,
        forMs: 20_000,
      }),
    );
    await delay(3_000);
    const beside = await askApi(running);
    const taken = (await Promise.all(reads)).reduce((sum, bytes) => sum + bytes, 0);
    const words = (times: readonly number[]) =>
      `${share(times, 0.5).toFixed(1)}, p95 ${share(times, 0.95).toFixed(1)}, p99 ${share(times, 0.99).toFixed(1)}`;
    console.log(
      `api: GET /api/me, ms, median: alone ${words(alone)}; beside 50 streams (${(taken / 20e6).toFixed(1)} MB/s together) ${words(beside)}`,
    );
  });
}

async function askApi({ api }: Running): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < 150; call += 1) {
    const began = performance.now();
    const { status } = await api.get('/api/me');
    if (status !== 200) throw new Error(`/api/me answered ${status}`);
    times.push(performance.now() - began);
  }
  return times;
}

async function play({ kinora, api }: Running, film: DemoFilm): Promise<string> {
  const { body } = await api.postBytes('/api/playback', film.torrent, 'application/x-bittorrent');
  return kinora.url + textAt(body, 'url');
}

async function withServer(around: DemoWorld, act: (running: Running) => Promise<void>): Promise<void> {
  const kinora = await KinoraProcess.start({ ...around.environment, ...account, LOG_LEVEL: 'error' });
  try {
    const api = await ApiClient.signIn(kinora, account.ADMIN_USERNAME, account.ADMIN_PASSWORD);
    await act({ kinora, api });
  } finally {
    await kinora.stop();
    await removeDataDir(kinora.dataDir);
  }
}

function share(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

function held({ megabytes, handles, each }: ReturnType<typeof holdingsOf>): string {
  const parts = each.map((one) => one.toFixed(0)).join(' + ');
  return `${megabytes.toFixed(0)} (${parts}) / ${handles}`;
}
