import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  accessibilityFaults,
  type Complaints,
  laptop,
  launchBrowser,
  newPage,
  screenshot,
  sizes,
} from './browser.js';
import { KinoraProcess, newDataDir, removeDataDir } from './kinora-process.js';

const minute = 60_000;
const account = { name: 'ada', password: 'correct horse battery' };

/** One film on two screens: what one leaves the other takes up. */
describe('watching on two screens', () => {
  let world: DemoWorld;
  let kinora: KinoraProcess;
  let dataDir: string;
  let browser: Browser;
  let sofa: { context: BrowserContext; page: Page };
  let kitchen: { context: BrowserContext; page: Page };
  const complaints: Complaints = { list: [] };

  beforeAll(async () => {
    world = await startDemoWorld({ cacheDir: DEMO_CACHE });
    dataDir = await newDataDir();
    kinora = await startServer();
    browser = await launchBrowser();
    sofa = await signIn();
    kitchen = await signIn();
  }, 5 * minute);

  afterAll(async () => {
    await browser.close();
    await kinora.stop();
    await world.stop();
    await removeDataDir(dataDir);
  });

  const startServer = (port = '0') =>
    KinoraProcess.start(
      {
        ...world.environment,
        LOG_LEVEL: 'trace',
        PORT: port,
        ADMIN_USERNAME: account.name,
        ADMIN_PASSWORD: account.password,
      },
      dataDir,
    );

  async function signIn(): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ viewport: laptop, baseURL: kinora.url });
    const page = await newPage(context, complaints);
    page.setDefaultTimeout(30_000);
    await page.goto('/');
    await page.getByLabel('User name').fill(account.name);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Popular', exact: true }).waitFor();
    return { context, page };
  }

  const video = (page: Page) => page.getByTestId('video');
  const second = (page: Page) => video(page).evaluate((element: HTMLVideoElement) => element.currentTime);
  const playsBeyond = (page: Page, seconds: number) =>
    page.waitForFunction((beyond) => (document.querySelector('video')?.currentTime ?? 0) > beyond, seconds, {
      timeout: minute,
    });

  async function openFilm(page: Page, title: string): Promise<void> {
    await page.goto('/search?q=' + encodeURIComponent(title));
    await page
      .getByRole('link', { name: new RegExp(title) })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  it(
    'a place left by going back is where the other screen goes on',
    async () => {
      const { page } = sofa;
      await openFilm(page, 'Big Buck Bunny');
      await page.getByRole('link', { name: 'Play', exact: true }).click();
      await playsBeyond(page, 1);
      await page.keyboard.press('5');
      await playsBeyond(page, 322);
      const left = await second(page);
      await page.goBack();
      // The film's own page knows at once.
      await page.getByRole('link', { name: /^Resume 5:2/ }).waitFor();

      const other = kitchen.page;
      await other.goto('/');
      const row = other.getByRole('region', { name: 'Continue watching' });
      await row.getByText(/5 min left/).waitFor();
      for (const [name, size] of Object.entries(sizes)) {
        await other.setViewportSize(size);
        await screenshot(other, `continue-watching-${name}`);
        expect(await accessibilityFaults(other)).toEqual([]);
      }
      await other.setViewportSize(laptop);
      await row.getByRole('link', { name: /Big Buck Bunny/ }).click();
      await playsBeyond(other, left);
      expect(await second(other)).toBeLessThan(left + 30);
    },
    3 * minute,
  );

  it(
    'a page that is closed, not left, has told its place as well',
    async () => {
      const { page, context } = kitchen;
      await page.keyboard.press('7');
      await playsBeyond(page, 450);
      await page.close();
      kitchen = { context, page: await newPage(context, complaints) };
      await sofa.page.goto('/');
      await sofa.page
        .getByRole('region', { name: 'Continue watching' })
        .getByText(/3 min left/)
        .waitFor();
    },
    2 * minute,
  );

  it(
    'what was watched while the server was away arrives when it is back',
    async () => {
      const { page } = sofa;
      await openFilm(page, 'Sintel');
      await page.getByRole('link', { name: 'Play', exact: true }).click();
      await playsBeyond(page, 1);
      await page.keyboard.press('5');
      await playsBeyond(page, 322);
      const { port } = new URL(kinora.url);
      await kinora.kill();
      await page.keyboard.press('Space');
      // The save has failed and waits in the browser.
      await page.waitForFunction(() =>
        Object.keys(localStorage).some(
          (key) => key.startsWith('kinora.progress.') && /"paused"/.test(localStorage.getItem(key) ?? ''),
        ),
      );
      kinora = await startServer(port);
      await page.goto('/');
      await page
        .getByRole('region', { name: 'Continue watching' })
        .getByRole('link', { name: /Sintel/ })
        .waitFor();
    },
    3 * minute,
  );

  it(
    'starting over starts at the start',
    async () => {
      const { page } = sofa;
      await openFilm(page, 'Sintel');
      await page.getByRole('link', { name: 'Start over' }).click();
      await playsBeyond(page, 0.5);
      expect(await second(page)).toBeLessThan(60);
      await page.keyboard.press('5');
      await playsBeyond(page, 322);
      await page.goBack();
    },
    2 * minute,
  );

  it(
    'a film is marked as watched, removed from the history, and that is taken back',
    async () => {
      const { page } = sofa;
      await openFilm(page, 'Big Buck Bunny');
      await page.getByRole('button', { name: 'Mark as watched' }).click();
      await page.getByRole('button', { name: 'Watched', pressed: true }).waitFor();
      await page.getByRole('button', { name: /^Menu of/ }).click();
      await page.getByRole('link', { name: 'History' }).click();
      const line = page.getByTestId('history-line').filter({ hasText: 'Big Buck Bunny' });
      await line.waitFor();
      await screenshot(page, 'history');
      expect(await accessibilityFaults(page)).toEqual([]);
      await line.getByRole('button', { name: /^Remove/ }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
      await line.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).click();
      await line.waitFor();
      await page.goto('/');
      await page.getByRole('heading', { name: 'Popular', exact: true }).waitFor();
      const row = page.getByRole('region', { name: 'Continue watching' });
      // Watched to its end, it is not in progress any more.
      await row.getByRole('link', { name: /Sintel/ }).waitFor();
      expect(await row.getByRole('link', { name: /Big Buck Bunny/ }).count()).toBe(0);
      await row.getByRole('button', { name: 'Leave Sintel out' }).click();
      await row.waitFor({ state: 'detached' });
    },
    2 * minute,
  );

  it(
    'an account is connected to Trakt with a code, its history is read, and an evening here is told there',
    async () => {
      const { page } = sofa;
      world.providers.trakt.decideDevice('pending');
      await page.goto('/trakt');
      await page.getByRole('button', { name: 'Connect to Trakt' }).click();
      await page.getByText(/Waiting. The code is good/).waitFor();
      await screenshot(page, 'trakt-code');
      expect(await accessibilityFaults(page)).toEqual([]);
      world.providers.trakt.decideDevice('approved');
      await page.getByText('Connected as fixture-user').waitFor();
      await page.getByText(/^Read (just now|\d)/).waitFor();
      await screenshot(page, 'trakt');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.goto('/history');
      await page.getByTestId('history-line').filter({ hasText: 'The General' }).waitFor();
      // What was marked here before the link is told.
      await eventually(() =>
        world.providers.trakt.requests.some(
          ({ path, method }) => method === 'POST' && path === '/sync/history',
        ),
      );
      await page.goto('/trakt');
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await page.getByRole('button', { name: 'Connect to Trakt' }).waitFor();
      await eventually(() => world.providers.trakt.requests.some(({ path }) => path === '/oauth/revoke'));
    },
    2 * minute,
  );

  it('nothing was complained of in the console', () => {
    expect(complaints.list).toEqual([]);
  });
});

async function eventually(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + minute; Date.now() < end; ) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to hold in time');
}
