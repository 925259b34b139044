import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { ApiClient } from './api-client.js';
import { accessibilityFaults, laptop, screenshot, sizes } from './browser.js';
import { Household, openTitle, playsBeyond } from './household.js';

const minute = 60_000;

/** What somebody who watches is told; that nothing leaves is the business of the other test. */
describe('T23 a film in the browser while the VPN guard holds it', () => {
  let home: Household;
  let api: ApiClient;
  let page: Page;

  beforeAll(async () => {
    home = await Household.open({
      world: { uploadBytesPerSecond: 400_000 },
      environment: ({ environment, providers }) => {
        providers.nordvpn.setProtected(false);
        // A tunnel for a world of its own.
        return { ...environment, VPN_POLICY: 'require', VPN_INTERFACE: 'lo' };
      },
    });
    api = await home.signInByApi();
    page = await home.signedInScreen();
  }, 5 * minute);

  afterAll(() => home.close());

  /** The provider changes its mind, and is asked. */
  async function say(isProtected: boolean): Promise<void> {
    home.world.providers.nordvpn.setProtected(isProtected);
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
      await openTitle(page, 'Big Buck Bunny');
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
      await playsBeyond(page, 400);
      await page
        .getByText(/^Paused: NordVPN says/)
        .first()
        .waitFor({ state: 'hidden' });
    },
    4 * minute,
  );

  it('nothing was refused by the browser on the way', () => {
    expect(home.complaints.list.filter((text) => !/503|Failed to load resource/.test(text))).toEqual([]);
  });
});
