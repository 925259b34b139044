// From play to the first byte and the first frame, and the pace of the stream, beside a plain file server in the same
// run. Times drift with the machine; the ratios are what to compare. BENCH_REPEATS (5) sets how often.
import { DEMO_CACHE, type DemoFilm, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import type { Page } from 'playwright-core';
import { ApiClient, textAt } from '../../e2e/src/api-client.js';
import { launchBrowser } from '../../e2e/src/browser.js';
import { KinoraProcess, removeDataDir } from '../../e2e/src/kinora-process.js';
import { inWords, read, summarise } from './measure.js';
import { startPlainFileServer } from './plain-file-server.js';

const repeats = Number(process.env['BENCH_REPEATS'] ?? 5);
const account = { ADMIN_USERNAME: 'bench', ADMIN_PASSWORD: 'bench bench bench' };

const world = await startDemoWorld({ cacheDir: DEMO_CACHE });
const [film] = world.films;
if (!film) throw new Error('the demo world has no film');
const plain = await startPlainFileServer(film.filePath);
const browser = await launchBrowser();
const samples = new Map<string, number[]>();

try {
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    await measureCold(world, film);
    await measureFrames(world);
    const byFile = await read(plain.url);
    note('file server: first byte, ms', byFile.firstByteMs);
    note('file server: whole film, MB/s', byFile.megabytesPerSecond);
  }
  report();
} finally {
  await browser.close();
  plain.stop();
  await world.stop();
}

/** A server that knows nothing: the film from a magnet, once through; then again from what is on disk; and from a .torrent. */
async function measureCold(around: DemoWorld, wanted: DemoFilm): Promise<void> {
  await withServer(around, async (kinora, api) => {
    const began = performance.now();
    const { body } = await api.post('/api/playback', { magnet: wanted.magnet });
    const answered = performance.now() - began;
    const cold = await read(kinora.url + textAt(body, 'url'));
    note('play by magnet to first byte, ms', answered + cold.firstByteMs);
    note('whole film from the swarm, MB/s', cold.megabytesPerSecond);
    const again = await read(kinora.url + textAt(body, 'url'));
    note('whole film from disk, MB/s', again.megabytesPerSecond);
    note('first byte from disk, ms', again.firstByteMs);
  });
  await withServer(around, async (kinora, api) => {
    const began = performance.now();
    const { body } = await api.postBytes('/api/playback', wanted.torrent, 'application/x-bittorrent');
    const answered = performance.now() - began;
    const head = await read(kinora.url + textAt(body, 'url'), 'bytes=0-999999');
    note('play by .torrent to first byte, ms', answered + head.firstByteMs);
    const middle = Math.floor(wanted.sizeBytes / 2);
    const seek = await read(kinora.url + textAt(body, 'url'), `bytes=${middle}-${middle + 262_143}`);
    note('seek to the middle, first byte, ms', seek.firstByteMs);
  });
}

/** What a person sees: from the click on Play to the first frame, and the same film from the file server. */
async function measureFrames(around: DemoWorld): Promise<void> {
  await withServer(around, async (kinora) => {
    const context = await browser.newContext({ baseURL: kinora.url });
    const page = await context.newPage();
    await page.goto('/');
    await page.getByLabel('User name').fill(account.ADMIN_USERNAME);
    await page.getByLabel('Password', { exact: true }).fill(account.ADMIN_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Popular' }).waitFor();
    await page.goto('/search?q=big%20buck');
    await page
      .getByRole('link', { name: /Big Buck Bunny/ })
      .first()
      .click();
    await page
      .getByText(/plays directly/)
      .first()
      .waitFor();
    const began = performance.now();
    await page.getByRole('link', { name: 'Play', exact: true }).click();
    await firstFrame(page);
    note('click on Play to first frame, ms', performance.now() - began);
    await context.close();
  });
  const page = await browser.newPage();
  const began = performance.now();
  await page.goto(plain.page, { waitUntil: 'commit' });
  await firstFrame(page);
  note('file server: first frame, ms', performance.now() - began);
  await page.close();
}

async function firstFrame(page: Page): Promise<void> {
  await page.waitForFunction(
    () => (document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0) > 0,
    undefined,
    {
      polling: 'raf',
    },
  );
}

async function withServer(
  around: DemoWorld,
  act: (kinora: KinoraProcess, api: ApiClient) => Promise<void>,
): Promise<void> {
  const kinora = await KinoraProcess.start({ ...around.environment, ...account, LOG_LEVEL: 'error' });
  try {
    const api = await ApiClient.signIn(kinora, account.ADMIN_USERNAME, account.ADMIN_PASSWORD);
    await act(kinora, api);
  } finally {
    await kinora.stop();
    await removeDataDir(kinora.dataDir);
  }
}

function note(name: string, value: number): void {
  samples.set(name, [...(samples.get(name) ?? []), value]);
}

function report(): void {
  const yardsticks: Record<string, string> = {
    'whole film from the swarm, MB/s': 'file server: whole film, MB/s',
    'whole film from disk, MB/s': 'file server: whole film, MB/s',
    'click on Play to first frame, ms': 'file server: first frame, ms',
  };
  console.log(
    `\n| measure (median, min-max of ${repeats}) | value | ratio to the file server |\n| --- | --- | --- |`,
  );
  for (const [name, values] of samples) {
    const yardstick = yardsticks[name];
    const against = yardstick === undefined ? undefined : samples.get(yardstick);
    const ratio = against ? (summarise(values).median / summarise(against).median).toFixed(2) : '';
    console.log(`| ${name} | ${inWords(summarise(values), name.includes('disk, ms') ? 1 : 0)} | ${ratio} |`);
  }
}
