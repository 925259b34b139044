import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { accessibilityFaults, laptop, screenshot, sizes } from './browser.js';
import { Household, playsBeyond } from './household.js';

const minute = 60_000;
const torznab = '/api/v2.0/indexers/all/results/torznab/api?apikey=demo-torznab-key-5f1c0d';

/** A series on two screens, and Trakt beside it. */
describe('a series', () => {
  let home: Household;
  let sofa: Page;
  let kitchen: Page;
  let series: string;

  beforeAll(async () => {
    home = await Household.open({
      world: { withEpisodes: true },
      environment: ({ environment, providers }) => ({
        ...environment,
        TORZNAB_URLS: `${providers.torznab.baseUrl}${torznab}`,
      }),
    });
    sofa = await home.signedInScreen();
    kitchen = await home.signedInScreen();
  }, 5 * minute);

  afterAll(() => home.close());

  /** So many seconds before the end. */
  const seekToLast = (page: Page, seconds: number) =>
    page.evaluate((left) => {
      const video = document.querySelector('video');
      if (video) video.currentTime = video.duration - left;
    }, seconds);
  const onTrakt = async (page: Page) => {
    await page.goto('/trakt');
    await page.getByText('Connected as fixture-user').waitFor();
  };

  it(
    'what many watch at Trakt is a row of the home page, that can be chosen like any other',
    async () => {
      const row = sofa.getByRole('region', { name: 'Trending series' });
      await row.getByRole('link', { name: /Open Reel Stories/ }).waitFor();
      await sofa.getByRole('button', { name: 'Choose rows' }).click();
      await sofa.getByRole('checkbox', { name: 'Popular films at Trakt' }).click();
      await sofa.getByRole('checkbox', { name: 'Trending series', disabled: false }).click();
      await sofa.getByRole('button', { name: 'Close' }).click();
      await sofa.getByRole('region', { name: 'Popular films at Trakt' }).waitFor();
      await row.waitFor({ state: 'detached' });
    },
    2 * minute,
  );

  it(
    'over the last of an episode the next is offered, and it begins by itself after it',
    async () => {
      await sofa.goto('/search?q=Open+Reel');
      await sofa
        .getByRole('link', { name: /Open Reel Stories/ })
        .first()
        .click();
      await sofa.getByRole('heading', { level: 1, name: 'Open Reel Stories' }).waitFor();
      series = new URL(sofa.url()).pathname;
      await sofa.goto(`${series}?season=1`);
      await sofa.getByRole('link', { name: 'Play 6. The Last Tram' }).click();
      await playsBeyond(sofa, 1);
      const offer = sofa.getByRole('region', { name: 'Next episode' });
      expect(await offer.count()).toBe(0);
      await seekToLast(sofa, 25);
      await offer.getByText('S2 E1 Paper Boats').waitFor();
      for (const [name, size] of Object.entries(sizes)) {
        await sofa.setViewportSize(size);
        await screenshot(sofa, `next-episode-${name}`);
        expect(await accessibilityFaults(sofa)).toEqual([]);
      }
      await sofa.setViewportSize(laptop);
      await seekToLast(sofa, 0.5);
      await offer.getByRole('button', { name: /^Plays in/ }).waitFor();
      await sofa.waitForURL(/season=2.*episode=1|episode=1.*season=2/);
      await playsBeyond(sofa, 1);
      await sofa.getByText('Open Reel Stories S2 E1').first().waitFor({ state: 'attached' });
      await sofa.goBack();
      await sofa.getByRole('heading', { level: 1, name: 'Open Reel Stories' }).waitFor();
      // The one before is watched.
      await sofa.goto(`${series}?season=1`);
      const line = sofa.getByTestId('episode-line').filter({ hasText: 'The Last Tram' });
      await line.getByRole('button', { name: 'Watched', pressed: true }).waitFor();
    },
    4 * minute,
  );

  it(
    'an offer that is declined does not come back, and N goes on at once',
    async () => {
      await sofa.getByRole('link', { name: 'Play 6. The Last Tram' }).click();
      await playsBeyond(sofa, 1);
      await seekToLast(sofa, 30);
      const offer = sofa.getByRole('region', { name: 'Next episode' });
      await offer.getByRole('button', { name: 'Watch the credits' }).click();
      await offer.waitFor({ state: 'detached' });
      await seekToLast(sofa, 0.5);
      await sofa.waitForFunction(() => document.querySelector('video')?.ended === true);
      expect(await offer.count()).toBe(0);
      await sofa.keyboard.press('n');
      await sofa.waitForURL(/season=2/);
      await sofa.goBack();
      await sofa.getByRole('heading', { level: 1, name: 'Open Reel Stories' }).waitFor();
    },
    3 * minute,
  );

  it(
    'a rating given on one screen is seen on the other without being asked for',
    async () => {
      await kitchen.goto(series);
      await kitchen.getByRole('button', { name: 'Rate Open Reel Stories' }).waitFor();
      await sofa.goto(`${series}?season=1`);
      await sofa.getByRole('button', { name: 'Rate Open Reel Stories' }).click();
      const dialog = sofa.getByRole('dialog');
      await dialog.getByRole('button', { name: '8 of 10' }).waitFor();
      await screenshot(sofa, 'rating');
      expect(await accessibilityFaults(sofa)).toEqual([]);
      await dialog.getByRole('button', { name: '8 of 10' }).click();
      await dialog.waitFor({ state: 'detached' });
      await kitchen.getByRole('button', { name: 'Open Reel Stories, your rating 8 of 10' }).waitFor();
      await sofa.getByRole('button', { name: 'Rate 6. The Last Tram' }).click();
      await dialog.getByRole('button', { name: '6 of 10', exact: true }).click();
      await sofa.getByRole('button', { name: '6. The Last Tram, your rating 6 of 10' }).waitFor();
    },
    2 * minute,
  );

  it(
    'the first reading of Trakt shows how far it is; then what was rated here is told there',
    async () => {
      const { trakt } = home.world.providers;
      trakt.addPlays(
        Array.from({ length: 400 }, (_, day) => ({
          ...{ title: `Film ${day}`, tmdbId: 800_000 + day },
          watchedAt: new Date(Date.UTC(2025, 0, 1) - day * 86_400_000).toISOString(),
        })),
      );
      trakt.fail({ delayMs: 2_500, path: /^\/sync\/history/ });
      trakt.decideDevice('approved');
      await sofa.goto('/trakt');
      await sofa.getByRole('button', { name: 'Connect to Trakt' }).click();
      await sofa.getByText('250 of 403 plays read.').waitFor();
      await screenshot(sofa, 'trakt-reading');
      expect(await accessibilityFaults(sofa)).toEqual([]);
      await sofa.getByText(/^Read (just now|\d)/).waitFor();
      trakt.heal();
      await eventually(() => asked('POST', '/sync/ratings'));
    },
    3 * minute,
  );

  it(
    'what Trakt does not take waits on the page with the reason, and goes when Trakt is back',
    async () => {
      const { trakt } = home.world.providers;
      trakt.fail({ status: 502, path: /^\/sync\/history$/ });
      await sofa.goto(`${series}?season=1`);
      const line = sofa.getByTestId('episode-line').filter({ hasText: 'Borrowed Weather' });
      await line.getByRole('button', { name: 'Mark as watched' }).click();
      await line.getByRole('button', { name: 'Watched', pressed: true }).waitFor();
      await onTrakt(sofa);
      await sofa.getByText('Open Reel Stories S1 E4, watched').waitFor();
      await sofa.getByRole('listitem').getByText('Trakt has trouble of its own.').waitFor();
      await screenshot(sofa, 'trakt-waiting');
      expect(await accessibilityFaults(sofa)).toEqual([]);
      trakt.heal();
      await sofa.getByRole('button', { name: 'Read now' }).click();
      await sofa.getByText(/^Nothing\. Trakt knows/).waitFor();
    },
    3 * minute,
  );

  it(
    'what both know differently is decided by the rules, and said',
    async () => {
      await sofa.goto('/search?q=Sintel');
      await sofa
        .getByRole('link', { name: /Sintel/ })
        .first()
        .click();
      const mark = sofa.getByRole('button', { name: 'Mark as watched' });
      await mark.click();
      await sofa.getByRole('button', { name: 'Watched', pressed: true }).click();
      await mark.waitFor();
      const watchedAt = new Date(Date.now() - 120 * minute).toISOString();
      home.world.providers.trakt.addPlays([{ title: 'Sintel', tmdbId: 45_745, watchedAt }]);
      await onTrakt(sofa);
      await sofa.getByRole('button', { name: 'Read now' }).click();
      const decided = sofa.getByRole('list', { name: 'What was decided lately' });
      await decided.getByText(/^Sintel: watched at Trakt, but marked as not watched/).waitFor();
      await screenshot(sofa, 'trakt-decided');
      expect(await accessibilityFaults(sofa)).toEqual([]);
      await eventually(() => asked('POST', '/sync/history/remove'));
    },
    3 * minute,
  );

  it(
    'a client id that Trakt no longer knows is explained, and nothing else breaks',
    async () => {
      const { trakt } = home.world.providers;
      trakt.fail({ status: 403, path: /^\/(sync|users|scrobble)/ });
      await onTrakt(sofa);
      await sofa.getByRole('button', { name: 'Read now' }).click();
      await sofa.getByText(/Trakt refuses this server.*An administrator has to set a new one/).waitFor();
      await screenshot(sofa, 'trakt-dead-client');
      expect(await accessibilityFaults(sofa)).toEqual([]);
      await sofa.goto('/history');
      await sofa.getByTestId('history-line').first().waitFor();
      trakt.heal();
      await onTrakt(sofa);
      await sofa.getByText(/Disconnecting ends the permission at Trakt/).waitFor();
      await sofa.getByRole('button', { name: 'Disconnect' }).click();
      await sofa.getByRole('button', { name: 'Connect to Trakt' }).waitFor();
      await sofa.goto(series);
      await sofa.getByRole('button', { name: 'Open Reel Stories, your rating 8 of 10' }).waitFor();
    },
    2 * minute,
  );

  it('nothing was complained of in the console', () => {
    expect(home.complaints.list).toEqual([]);
  });

  const asked = (method: string, path: string) =>
    home.world.providers.trakt.requests.some((request) => request.method === method && request.path === path);
});

async function eventually(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + minute; Date.now() < end; ) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to hold in time');
}
