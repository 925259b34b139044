import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DemoFilm } from '@kinora/demo/world';
import type { Page } from 'playwright-core';
import { type ApiClient, textAt } from './api-client.js';
import { accessibilityFaults, laptop, screenshot, sizes } from './browser.js';
import { account, Household } from './household.js';

const minute = 60_000;

/** The same provider at another address; it counts what it is asked, and can be told to hold an answer back. */
class OtherAddress {
  readonly asked: string[] = [];
  private held: Promise<void> = Promise.resolve();
  private readonly server: Server;

  constructor(private readonly origin: string) {
    this.server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      const { authorization = '' } = request.headers;
      void this.held
        .then(() => fetch(this.origin + (request.url ?? ''), { headers: { authorization } }))
        .then(async (answer) => {
          const type = answer.headers.get('content-type') ?? 'application/json';
          response.writeHead(answer.status, { 'content-type': type });
          response.end(Buffer.from(await answer.arrayBuffer()));
        })
        .catch(() => response.destroy());
    });
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Answers come only when what this gives back is called. */
  hold(): () => void {
    let release: () => void = () => undefined;
    this.held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** A server that begins with nothing, in order: each step goes on where the one before ended. */
describe('settings', () => {
  let home: Household;
  let page: Page;
  let api: ApiClient;
  let film: DemoFilm;
  let token: string;
  let ytsUrl: string;
  let one: OtherAddress;
  let other: OtherAddress;

  beforeAll(async () => {
    home = await Household.open({
      // Slow enough that a film is still on its way while settings change.
      world: { uploadBytesPerSecond: 1_500_000 },
      environment: async (world, dataDir) => {
        const { TMDB_API_TOKEN = '', TMDB_API_URL = '', YTS_API_URL = '', ...rest } = world.environment;
        token = TMDB_API_TOKEN;
        ytsUrl = YTS_API_URL;
        [one, other] = [new OtherAddress(TMDB_API_URL), new OtherAddress(TMDB_API_URL)];
        await Promise.all([one.start(), other.start()]);
        const settings = JSON.stringify({ TMDB_API_URL: one.url });
        await writeFile(path.join(dataDir, 'kinora.json'), settings, { mode: 0o600 });
        return { ...rest, LOG_LEVEL: 'info' };
      },
      isNew: true,
    });
    film = home.world.films[0] ?? fail('no film');
    page = await home.newScreen();
    page.setDefaultTimeout(20_000);
  }, 5 * minute);

  afterAll(async () => {
    await home.close();
    one.stop();
    other.stop();
  });

  const row = (name: string) =>
    page.getByTestId('setting').filter({ has: page.getByText(name, { exact: true }) });
  const change = (values: Record<string, unknown>, more: object = {}) =>
    api.patch('/api/admin/settings', { values, ...more });
  const settingNamed = async (name: string): Promise<unknown> => {
    const { body } = await api.get('/api/admin/settings');
    return (body as { settings: { name: string }[] }).settings.find((setting) => setting.name === name);
  };

  it(
    'the first visitor is asked, each answer is tried on the real service, and all can be left for later',
    async () => {
      await page.goto('/');
      await page.getByLabel('Set-up code').fill(home.kinora.setupCode);
      await page.getByLabel('User name').fill(account.name);
      await page.getByLabel('Password', { exact: true }).fill(account.password);
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByRole('heading', { name: 'TMDB token' }).waitFor();
      api = await home.signInByApi();
      // Usable at once, with nothing answered.
      expect(await api.get('/api/home')).toMatchObject({ status: 200, body: { catalogue: 'open-films' } });
      for (const [name, size] of Object.entries(sizes)) {
        await page.setViewportSize(size);
        await screenshot(page, `set-up-question-${name}`);
        expect(await accessibilityFaults(page)).toEqual([]);
      }
      await page.setViewportSize(laptop);
      const field = page.getByRole('textbox', { name: 'TMDB token' });
      await field.fill('no!');
      await page.getByRole('button', { name: 'Try it and save' }).click();
      await page.getByText('Allowed is a token or key as TMDB shows it').waitFor();
      await field.fill('a-token-that-is-wrong');
      await page.getByRole('button', { name: 'Try it and save' }).click();
      await page.getByText(/TMDB refuses our request/).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await field.fill(token);
      await page.getByRole('button', { name: 'Try it and save' }).click();
      await page.getByRole('heading', { name: 'YTS-compatible API' }).waitFor();
      await page.getByRole('button', { name: 'Back' }).click();
      await page.getByRole('button', { name: 'Keep it' }).click();
      await page.getByRole('heading', { name: 'YTS-compatible API' }).waitFor();
      await page.getByRole('button', { name: 'Finish later' }).click();
      await page.getByRole('heading', { name: 'Trending this week' }).waitFor();
    },
    2 * minute,
  );

  it('a database that does not let us in is not taken, and what is chosen is written into the file', async () => {
    const away = await change({ DATABASE_URL: 'postgres://ada:a-secret-of-postgres@127.0.0.1:9/kinora' });
    expect(away).toMatchObject({ status: 422, body: { code: 'setting-refused' } });
    expect(JSON.stringify(away.body)).toContain('PostgreSQL 127.0.0.1:9/kinora cannot be used');
    expect(JSON.stringify(away.body)).not.toContain('a-secret-of-postgres');
    expect(await change({ DATABASE_URL: 'sqlite:' })).toMatchObject({ status: 200 });
    const file = path.join(home.dataDir, 'kinora.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ DATABASE_URL: 'sqlite:' });
    expect(await change({ DATABASE_URL: null })).toMatchObject({ status: 200 });
    expect(await readFile(file, 'utf8')).not.toContain('DATABASE_URL');
  });

  it(
    'the page shows what holds and where it comes from, tests a value, and keeps what works',
    async () => {
      await page.goto('/');
      await page.getByRole('button', { name: 'Menu of ada' }).click();
      await page.getByRole('link', { name: 'Administration' }).click();
      await page.getByRole('link', { name: 'Settings' }).click();
      await row('TMDB_API_TOKEN').getByText('Set, not shown').waitFor();
      await row('TMDB_API_TOKEN').getByText('Set here').waitFor();
      await row('TMDB_API_URL')
        .getByText(/kinora\.json/)
        .waitFor();
      await row('LOG_LEVEL')
        .getByText(/Is set by environment variable/)
        .waitFor();
      expect(await row('LOG_LEVEL').getByRole('button').count()).toBe(0);
      await row('PORT').getByText('Is set by environment variable').waitFor();
      await row('DATA_DIR').getByText('Cannot be changed here').waitFor();
      expect(await page.content()).not.toContain(token);

      await page.getByRole('button', { name: 'Change YTS_API_URL' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Value').fill('nowhere');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText('Allowed is http or https addresses, separated by commas').waitFor();
      await dialog.getByLabel('Value').fill('http://127.0.0.1:9/api/v2');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText(/Nothing was changed\. YTS cannot be reached/).waitFor();
      await dialog.getByRole('button', { name: 'Save anyway' }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await dialog.getByLabel('Value').fill(ytsUrl);
      await dialog.getByRole('button', { name: 'Test' }).click();
      await dialog.getByText(`${ytsUrl} answers`).waitFor();
      await screenshot(page, 'admin-settings-change');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      await row('YTS_API_URL').getByText('Set here').waitFor();
      await page.getByRole('button', { name: 'Test Indexers' }).click();
      await page.getByText(`${ytsUrl} answers`).waitFor();
    },
    2 * minute,
  );

  it(
    'the history shows who changed what, and takes it back',
    async () => {
      const latest = page.getByTestId('revision').first();
      await latest.getByText(/YTS_API_URL: not set here → http/).waitFor();
      await latest.getByText('by ada').waitFor();
      await latest.getByRole('button', { name: /^Take back change \d+$/ }).click();
      await page.getByText(/takes \d+ back/).waitFor();
      await row('YTS_API_URL').getByText('Not set').waitFor();
      for (const [name, size] of Object.entries(sizes)) {
        await page.setViewportSize(size);
        await page.evaluate(() => window.scrollTo(0, 0));
        await screenshot(page, `admin-settings-${name}`);
        expect(await accessibilityFaults(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
      await page.setViewportSize(laptop);
    },
    2 * minute,
  );

  it(
    'a film goes on while the catalogue and the indexer are changed under it, and what was asked before is answered',
    async () => {
      const play = await api.post('/api/playback', { magnet: film.magnet });
      expect(play.status).toBe(201);
      const stream = await fetch(home.kinora.url + textAt(play.body, 'url'));
      expect(stream.status).toBe(200);
      const reader = (stream.body ?? fail('no body')).getReader();
      const received: Uint8Array[] = [];
      const readSome = async (): Promise<boolean> => {
        const { done, value } = await reader.read();
        if (value) received.push(value);
        return done;
      };
      await readSome();

      const release = one.hold();
      const askedBefore = api.get('/api/search?q=metropolis');
      while (!one.asked.some((url) => url.includes('metropolis'))) await readSome();
      expect((await change({ TMDB_API_URL: other.url, YTS_API_URL: [ytsUrl] })).status).toBe(200);
      expect(await readSome()).toBe(false);
      release();
      expect((await askedBefore).status).toBe(200);

      const before = one.asked.length;
      expect((await api.get('/api/search?q=big%20buck')).status).toBe(200);
      expect(other.asked.some((url) => url.includes('big+buck') || url.includes('big%20buck'))).toBe(true);
      expect(one.asked.length).toBe(before);
      const found = await api.get('/api/search?q=big%20buck');
      const sources = await api.get(`/api/movies/${textAt(found.body, 'items', 0, 'id')}/sources`);
      expect(sources.body).toMatchObject({
        indexers: expect.arrayContaining([expect.objectContaining({ name: 'YTS', ok: true })]),
      });

      home.world.swarm.setUploadRate(null);
      while (!(await readSome()));
      expect(Buffer.concat(received).equals(await readFile(film.filePath))).toBe(true);
    },
    3 * minute,
  );

  it('T48 keeps the token out of the log, the database and the answers', async () => {
    const wrong = await change({ TMDB_API_TOKEN: 'another-token-that-is-wrong' });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'setting-refused' } });
    const texts = [
      home.kinora.output,
      (await readFile(path.join(home.dataDir, 'kinora.sqlite'))).toString('latin1'),
      JSON.stringify(await api.get('/api/admin/settings')),
      JSON.stringify(await api.get('/api/admin/settings/revisions')),
      JSON.stringify(await api.get('/api/admin/audit?pageSize=100')),
    ];
    for (const text of texts)
      for (const secret of [token, 'another-token']) expect(text).not.toContain(secret);
  });

  it(
    'what was set is there after a restart, and a setting that needs one says so before',
    async () => {
      expect((await change({ S3_LIMIT: '2MB', TORRENT_UPLOAD_LIMIT: '3MB' })).status).toBe(200);
      expect(await settingNamed('S3_LIMIT')).toMatchObject({ live: false, restartPending: true });
      expect(await settingNamed('TORRENT_UPLOAD_LIMIT')).toMatchObject({ live: true, restartPending: false });
      await home.kinora.stop();
      await home.restart();
      api = await home.signInByApi();
      expect(await settingNamed('S3_LIMIT')).toMatchObject({ value: '2MB', restartPending: false });
      expect(await settingNamed('TORRENT_UPLOAD_LIMIT')).toMatchObject({ value: '3MB' });
      expect(await api.get('/api/home')).toMatchObject({ body: { catalogue: 'tmdb' } });
      expect(await settingNamed('TMDB_API_URL')).toMatchObject({ value: other.url, source: 'settings page' });
    },
    2 * minute,
  );

  it('no page complained', () => {
    expect(home.complaints.list).toEqual([]);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
