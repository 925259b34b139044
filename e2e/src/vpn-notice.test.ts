import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_CACHE, type DemoWorld, startDemoWorld } from '@kinora/demo/world';
import type { Browser, Page } from 'playwright-core';
import { ApiClient } from './api-client.js';
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

/** What somebody who watches is told; that nothing leaves is the business of the other test. */
describe('T23 a film in the browser while the VPN guard holds it', () => {
  let world: DemoWorld;
  let kinora: KinoraProcess;
  let dataDir: string;
  let api: ApiClient;
  let browser: Browser;
  let page: Page;
  const complaints: Complaints = { list: [] };

  beforeAll(async () => {
    world = await startDemoWorld({ cacheDir: DEMO_CACHE, uploadBytesPerSecond: 400_000 });
    world.providers.nordvpn.setProtected(false);
    dataDir = await newDataDir();
    kinora = await KinoraProcess.start(
      {
        ...world.environment,
        VPN_POLICY: 'require',
        // A tunnel for a world of its own.
        VPN_INTERFACE: 'lo',
        ADMIN_USERNAME: account.name,
        ADMIN_PASSWORD: account.password,
      },
      dataDir,
    );
    api = await ApiClient.signIn(kinora, account.name, account.password);
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: laptop, baseURL: kinora.url });
    page = await newPage(context, complaints);
    page.setDefaultTimeout(minute);
    await page.goto('/');
    await page.getByLabel('User name').fill(account.name);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Popular', exact: true }).waitFor();
  }, 5 * minute);

  afterAll(async () => {
    await browser.close();
    await kinora.stop();
    await world.stop();
    await removeDataDir(dataDir);
  });

  /** The provider changes its mind, and is asked. */
  async function say(isProtected: boolean): Promise<void> {
    world.providers.nordvpn.setProtected(isProtected);
    const { body } = await api.post('/api/vpn/check', {});
    expect(body).toMatchObject({ trafficAllowed: isProtected });
  }

  const second = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);

  it(
    'the header and a notice say that it is not protected',
    async () => {
      await page.getByRole('link', { name: 'VPN: not protected' }).first().waitFor();
      await page.getByText('NordVPN says that the connection is not protected.').first().waitFor();
      for (const [name, size] of Object.entries(sizes)) {
        await page.setViewportSize(size);
        await screenshot(page, `vpn-notice-${name}`);
        expect(await accessibilityFaults(page)).toEqual([]);
      }
      await page.setViewportSize(laptop);
    },
    minute,
  );

  it(
    'the player says why it waits, and plays by itself once the connection is protected',
    async () => {
      await page.goto('/search?q=big+buck+bunny');
      await page
        .getByRole('link', { name: /Big Buck Bunny/ })
        .first()
        .click();
      await page.getByRole('heading', { level: 1, name: 'Big Buck Bunny' }).waitFor();
      await page.getByRole('link', { name: 'Play', exact: true }).click();
      await page
        .getByText(/without the VPN|^Paused: NordVPN says/)
        .first()
        .waitFor();
      await screenshot(page, 'vpn-player-waits');
      expect(await accessibilityFaults(page)).toEqual([]);
      await say(true);
      const again = page.getByRole('button', { name: 'Try again' });
      const deadline = performance.now() + 2 * minute;
      while ((await second()) <= 1 && performance.now() < deadline) {
        // Where no source was known yet, the page waits to be asked again.
        if (await again.isVisible()) await again.click({ timeout: 1_000 }).catch(() => undefined);
        await page.waitForTimeout(200);
      }
      expect(await second()).toBeGreaterThan(1);
    },
    4 * minute,
  );

  it(
    'a loss in the middle is told over the picture, and gone when it is over',
    async () => {
      await say(false);
      await page.keyboard.press('8');
      await page
        .getByText(/^Paused: NordVPN says/)
        .first()
        .waitFor();
      await screenshot(page, 'vpn-player-paused');
      expect(await accessibilityFaults(page)).toEqual([]);
      await say(true);
      await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 400, undefined, {
        timeout: 2 * minute,
      });
      await page
        .getByText(/^Paused: NordVPN says/)
        .first()
        .waitFor({ state: 'hidden' });
    },
    4 * minute,
  );

  it('nothing was refused by the browser on the way', () => {
    expect(complaints.list.filter((text) => !/503|Failed to load resource/.test(text))).toEqual([]);
  });
});
