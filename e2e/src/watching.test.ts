import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, laptop, newPage, screenshot, sizes } from './browser.js';
import { Household, openTitle, playsBeyond, secondOf } from './household.js';

const minute = 60_000;

/** One film on two screens: what one leaves the other takes up. */
describe('watching on two screens', () => {
  let home: Household;
  let sofa: Page;
  let kitchen: Page;

  beforeAll(async () => {
    home = await Household.open();
    sofa = await home.signedInScreen();
    kitchen = await home.signedInScreen();
  }, 5 * minute);

  afterAll(() => home.close());

  it(
    'a place left by going back is where the other screen goes on',
    async () => {
      const page = sofa;
      await openTitle(page, 'Big Buck Bunny');
      await page.getByRole('link', { name: 'Play', exact: true }).click();
      await playsBeyond(page, 1);
      await page.keyboard.press('5');
      await playsBeyond(page, 322);
      const left = await secondOf(page);
      await page.goBack();
      // The film's own page knows at once.
      await page.getByRole('link', { name: /^Resume 5:2/ }).waitFor();

      const other = kitchen;
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
      expect(await secondOf(other)).toBeLessThan(left + 30);
    },
    3 * minute,
  );

  it(
    'a page that is closed, not left, has told its place as well',
    async () => {
      const page = kitchen;
      const context = page.context();
      await page.keyboard.press('7');
      await playsBeyond(page, 450);
      await page.close();
      kitchen = await newPage(context, home.complaints);
      await sofa.goto('/');
      await sofa
        .getByRole('region', { name: 'Continue watching' })
        .getByText(/3 min left/)
        .waitFor();
    },
    2 * minute,
  );

  it(
    'what was watched while the server was away arrives when it is back',
    async () => {
      const page = sofa;
      await openTitle(page, 'Sintel');
      await page.getByRole('link', { name: 'Play', exact: true }).click();
      await playsBeyond(page, 1);
      await page.keyboard.press('5');
      await playsBeyond(page, 322);
      await home.kinora.kill();
      await page.keyboard.press('Space');
      // The save has failed and waits in the browser.
      await page.waitForFunction(() =>
        Object.keys(localStorage).some(
          (key) => key.startsWith('kinora.progress.') && /"paused"/.test(localStorage.getItem(key) ?? ''),
        ),
      );
      await home.restart();
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
      const page = sofa;
      await openTitle(page, 'Sintel');
      await page.getByRole('link', { name: 'Start over' }).click();
      await playsBeyond(page, 0.5);
      expect(await secondOf(page)).toBeLessThan(60);
      await page.keyboard.press('5');
      await playsBeyond(page, 322);
      await page.goBack();
    },
    2 * minute,
  );

  it(
    'a film is marked as watched, removed from the history, and that is taken back',
    async () => {
      const page = sofa;
      await openTitle(page, 'Big Buck Bunny');
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
      const page = sofa;
      home.world.providers.trakt.decideDevice('pending');
      await page.goto('/trakt');
      await page.getByRole('button', { name: 'Connect to Trakt' }).click();
      await page.getByText(/Waiting. The code is good/).waitFor();
      await screenshot(page, 'trakt-code');
      expect(await accessibilityFaults(page)).toEqual([]);
      home.world.providers.trakt.decideDevice('approved');
      await page.getByText('Connected as fixture-user').waitFor();
      await page.getByText(/^Read (just now|\d)/).waitFor();
      await screenshot(page, 'trakt');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.goto('/history');
      await page.getByTestId('history-line').filter({ hasText: 'The General' }).waitFor();
      // What was marked here before the link is told.
      await eventually(() =>
        home.world.providers.trakt.requests.some(
          ({ path, method }) => method === 'POST' && path === '/sync/history',
        ),
      );
      await page.goto('/trakt');
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await page.getByRole('button', { name: 'Connect to Trakt' }).waitFor();
      await eventually(() =>
        home.world.providers.trakt.requests.some(({ path }) => path === '/oauth/revoke'),
      );
    },
    2 * minute,
  );

  it('nothing was complained of in the console', () => {
    expect(home.complaints.list).toEqual([]);
  });
});

async function eventually(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + minute; Date.now() < end; ) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to hold in time');
}
