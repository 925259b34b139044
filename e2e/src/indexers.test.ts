import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, laptop, screenshot, sizes } from './browser.js';
import { Household } from './household.js';
import { noteSecrets } from './secret-ledger.js';

const minute = 60_000;
// What the stand-in wants to be asked with.
const apiKey = 'demo-torznab-key-5f1c0d';
noteSecrets(apiKey);

/** An indexer added by an administrator, in order: each step goes on where the one before ended. */
describe('indexers', () => {
  let home: Household;
  let page: Page;

  beforeAll(async () => {
    home = await Household.open();
    page = await home.signedInScreen();
  }, 5 * minute);

  afterAll(() => home.close());

  const row = (name: string) =>
    page.getByTestId('indexer').filter({ has: page.getByText(name, { exact: true }) });
  const openSources = async () => {
    await page.goto('/');
    await page
      .getByRole('link', { name: /Big Buck Bunny/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Change' }).click();
    return page.getByRole('dialog', { name: 'Sources' });
  };

  it(
    'is added on the page, tried, and its key is never shown again',
    async () => {
      await page.getByRole('button', { name: 'Menu of ada' }).click();
      await page.getByRole('link', { name: 'Administration' }).click();
      await page.getByRole('link', { name: 'Indexers' }).click();
      await row('YTS').waitFor();
      await page.getByRole('button', { name: 'New indexer' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('My films');
      await dialog
        .getByLabel('Address')
        .fill(`${home.world.providers.torznab.baseUrl}/api/v2.0/indexers/all/results/torznab/`);
      await dialog.getByLabel('API key').fill(apiKey);
      expect(await accessibilityFaults(page)).toEqual([]);
      await screenshot(page, 'admin-indexers-new');
      await dialog.getByRole('button', { name: 'Add indexer' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Test My films' }).click();
      await row('My films').getByText('Answers, and searches by imdbid, tmdbid, tvdbid').waitFor();
      for (const [name, size] of Object.entries(sizes)) {
        await page.setViewportSize(size);
        await screenshot(page, `admin-indexers-${name}`);
        expect(await accessibilityFaults(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      }
      await page.setViewportSize(laptop);
      await page.getByRole('button', { name: 'Edit My films' }).click();
      await page.getByRole('dialog').getByText('It is never shown again').waitFor();
      expect(await page.content()).not.toContain(apiKey);
      await page.keyboard.press('Escape');
    },
    2 * minute,
  );

  it(
    'shows on the page of a film what has answered while others are still asked',
    async () => {
      home.world.providers.torznab.fail({ delayMs: 4_000, path: /torznab/ });
      const sources = await openSources();
      await sources.getByText('Still asking My films').waitFor();
      const before = await sources.getByTestId('source').count();
      expect(before).toBeGreaterThan(0);
      await sources.getByText('Big.Buck.Bunny.2008.720p.WEB.x264.AAC-KINORA').waitFor();
      expect(await sources.getByTestId('source').count()).toBeGreaterThan(before);
      await sources.getByText('Still asking').waitFor({ state: 'detached' });
      await sources.getByText('1 release left out').click();
      await sources.getByText('a program, not a video').waitFor();
      expect(await page.content()).not.toContain(apiKey);
      await screenshot(page, 'film-sources-asked');
      expect(await accessibilityFaults(page)).toEqual([]);
      home.world.providers.torznab.heal();
    },
    2 * minute,
  );

  it(
    'names the indexer that fails with its reason, and shows what the others found',
    async () => {
      home.world.providers.yts.fail({ status: 503 });
      await page.goto('/');
      await page
        .getByRole('link', { name: /Sintel/ })
        .first()
        .click();
      await page.getByRole('button', { name: 'Change' }).click();
      const sources = page.getByRole('dialog', { name: 'Sources' });
      await sources
        .getByRole('list', { name: 'Indexers that failed' })
        .getByText(/^YTS: /)
        .waitFor();
      await sources.getByText('Sintel.2010.1080p.WEB.x264.AAC-KINORA', { exact: true }).waitFor();
      // A picture also ends the dialog's way in, during which colours are mixed.
      await screenshot(page, 'film-sources-failing');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.goto('/admin/indexers');
      await row('YTS')
        .getByText(/YTS has trouble of its own/)
        .waitFor();
      await screenshot(page, 'admin-indexers-failing');
      home.world.providers.yts.heal();
      expect(home.complaints.list).toEqual([]);
    },
    2 * minute,
  );
});
